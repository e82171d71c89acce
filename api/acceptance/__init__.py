"""Phase 2, acceptance: how much credit, and on which terms?"""
