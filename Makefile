# Two commands: `make run` and `make test`. Nothing has to be installed before but git, make and Python 3 with venv.
PYTHON ?= python3
VENV   := .venv
UV     := .uv/bin/uv
PY     := $(VENV)/bin/python
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

.PHONY: run test check figures screenshots lock help clean
.DEFAULT_GOAL := help

help:
	@echo "make run          serve Puente with the demo shop on http://127.0.0.1:8000"
	@echo "make test         everything: lint, types, unit, browser, kill tests (14 to 23 minutes)"
	@echo "make check        lint, types, import rules, rasa data validate"
	@echo "make figures      the benchmarks and the long kill tests"
	@echo "make screenshots  new pictures of all screens in docs/screenshots"
	@echo "make lock         resolve the dependencies anew"

run: $(VENV)/runtime.done
	@$(PY) -m bot.cli run --demo $(ARGS)

test: $(VENV)/develop.done
	@scripts/test $(ARGS)

check: $(VENV)/develop.done
	@scripts/check

figures: $(VENV)/develop.done
	@scripts/figures

screenshots: $(VENV)/develop.done
	@$(PY) -m tests.browser.screenshots

# uv of the machine when there is one, else our own in .uv
$(UV):
	@if command -v uv >/dev/null 2>&1; then \
	  mkdir -p .uv/bin && ln -sf "$$(command -v uv)" $(UV); \
	else \
	  echo "Fetching uv into .uv …"; \
	  $(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --require-hashes -r requirements/uv.txt; \
	fi

$(VENV)/runtime.done: requirements/runtime.txt | $(UV)
	@echo "Installing the locked dependencies (about 2.7 GB, a minute or two) …"
	@[ -x $(PY) ] || $(UV) venv --python 3.10 $(VENV)
	@$(UV) pip install --python $(PY) --require-hashes -r requirements/runtime.txt
	@touch $@

$(VENV)/develop.done: requirements/develop.txt | $(UV)
	@echo "Installing the locked dependencies for development …"
	@[ -x $(PY) ] || $(UV) venv --python 3.10 $(VENV)
	@$(UV) pip install --python $(PY) --require-hashes -r requirements/develop.txt
	@touch $@ $(VENV)/runtime.done

lock: | $(UV)
	$(UV) pip compile --quiet --upgrade --python-version 3.10 --generate-hashes --no-emit-index-url --no-header requirements/develop.in -o requirements/develop.txt
	$(UV) pip compile --quiet --python-version 3.10 --generate-hashes --no-emit-index-url --no-header -c requirements/develop.txt requirements/runtime.in -o requirements/runtime.txt
	$(UV) pip compile --quiet --upgrade --python-version 3.10 --generate-hashes --no-emit-index-url --no-header requirements/uv.in -o requirements/uv.txt

clean:
	rm -rf $(VENV) .uv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .rasa
