# All of the work is in make.py, which also runs without make: python make.py report
# Further arguments: make test ARGS="-k shares"
PY ?= python3
.NOTPARALLEL:
.PHONY: report test check honesty lab lock

report test check honesty lab lock:
	@$(PY) make.py $@ $(ARGS)
