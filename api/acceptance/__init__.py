"""Phase 2: how much credit, on which terms?"""
