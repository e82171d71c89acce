"""Phase 3: has anything changed?"""
