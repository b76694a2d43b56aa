"""Tuning: parameters sought on folds that hold what models are to foresee; who serves imports no search."""
