# Unfold's tasks, all that a newcomer needs. `make help` lists the targets.

SHELL := /bin/bash
SWIFT ?= swift
# Options for `unfold train`, for example: make train ARGS="--model vgg --epochs 10"
ARGS ?=
PACKAGES := libopenblas-dev liblapacke-dev zlib1g-dev libpng-dev libturbojpeg0-dev libwebp-dev pkg-config dataset-fashion-mnist
UNFOLD := .build/release/unfold

# The tests run on optimised code, as it is shipped. Testing is enabled so that tests see internals. The build has a folder
# of its own, because the two kinds of build would otherwise replace each other.
TEST_FLAGS := -c release -Xswiftc -enable-testing --scratch-path .build-test

.PHONY: help deps build train install test bench bench-peers readme accuracy photographs lint format docs clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install missing packages: OpenBLAS, LAPACKE, zlib, libpng, libjpeg-turbo, libwebp, Fashion-MNIST
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get > /dev/null; then \
	  echo "unfold: apt-get is missing: install the equivalents of$$missing with this system's package manager" >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then as_root=""; \
	elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then as_root="sudo"; \
	else echo "unfold: run as root: apt-get install$$missing" >&2; exit 1; fi; \
	echo "Installing$$missing"; \
	$$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -qq -y $$missing > /dev/null

build: deps ## Build the library and the unfold command, optimised
	$(SWIFT) build -c release

train: build ## Train lenet on Fashion-MNIST; options in ARGS
	$(UNFOLD) train $(ARGS)

# Where `make install` puts the command, its manual and its completions.
PREFIX ?= /usr/local
MANUAL := .build/release/generate-manual-tool

install: build ## Install the unfold command, its man page and completions below PREFIX (/usr/local)
	install -D $(UNFOLD) $(DESTDIR)$(PREFIX)/bin/unfold
	mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1
	$(MANUAL) $(UNFOLD) --output-directory $(DESTDIR)$(PREFIX)/share/man/man1
	mkdir -p $(DESTDIR)$(PREFIX)/share/{bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
	$(UNFOLD) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/unfold
	$(UNFOLD) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_unfold
	$(UNFOLD) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/unfold.fish

test: deps ## Run every test
	$(SWIFT) test $(TEST_FLAGS)

# The results of measurements. Only the picture that `make readme` draws is checked in.
RESULTS := Benchmarks/Results

bench: build ## Measure ResNet-50's convolutions and the naive loops, and draw the result (2 minutes)
	mkdir -p $(RESULTS)
	$(UNFOLD) compare --shapes Benchmarks/Shapes/resnet-50.txt --comparison $(RESULTS)/naive.json
	$(UNFOLD) report $(RESULTS)/naive.json --svg $(RESULTS)/naive.svg --html $(RESULTS)/naive.html

# The Python environment of the peers, which is made again when the requirements change.
PEERS := .build-peers/venv
PEERS_JSON := $(RESULTS)/peers.json

bench-peers: build $(PEERS)/installed ## Compare with PyTorch and its rivals (about 25 minutes on 2 cores); options in ARGS
	$(PEERS)/bin/python Benchmarks/peers/compare.py --unfold $(UNFOLD) --output $(PEERS_JSON) $(ARGS)
	$(UNFOLD) report $(PEERS_JSON) --svg $(RESULTS)/peers-latest.svg --html $(RESULTS)/peers.html

readme: ## Write the last comparison with PyTorch to the README: its picture and where Unfold loses
	$(UNFOLD) report $(PEERS_JSON) --svg $(RESULTS)/peers.svg --readme README.md

# Trained models for `make accuracy`; without them their rows are left out: make accuracy MODELS="resnet.safetensors"
MODELS ?=
ACCURACY := .build-accuracy
UNFOLD_ACCURACY = $(UNFOLD) accuracy $(addprefix --model ,$(MODELS))
CONVOLUTIONS = $(filter-out %/dcgan.txt %/fsrcnn.txt %/pooling.txt %/resampling.txt,$(wildcard Benchmarks/Shapes/*.txt))

accuracy: build $(PEERS)/installed ## Measure rounding errors and PyTorch's, and write docs/accuracy.md (5 minutes); MODELS
	rm -rf $(ACCURACY) && mkdir -p $(ACCURACY) $(RESULTS)
	$(UNFOLD_ACCURACY) --export $(ACCURACY)/cases \
	  --shapes $(patsubst %,Benchmarks/Shapes/%.txt,resnet-50 vgg-19 mobilenet-v1)
	$(PEERS)/bin/python Benchmarks/peers/accuracy.py $(ACCURACY)/cases --output $(ACCURACY)/peer.json
	$(UNFOLD_ACCURACY) --shapes $(CONVOLUTIONS) --peer $(ACCURACY)/peer.json \
	  --output $(RESULTS)/accuracy.json --document docs/accuracy.md
	rm -rf $(ACCURACY)

$(PEERS)/installed: Benchmarks/peers/requirements.txt
	@python3 -c 'import ensurepip' 2> /dev/null || $(MAKE) --no-print-directory deps PACKAGES=python3-venv
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 10) and "unfold: expected Python 3.10 or newer, found " + sys.version)'
	@echo "Installing PyTorch, ONNX Runtime, OpenVINO, ncnn and MLX into $(PEERS), once"
	python3 -m venv --clear $(PEERS)
	$(PEERS)/bin/pip install --disable-pip-version-check --requirement $<
	touch $@

PHOTOGRAPHS := .build-photographs

photographs: ## Write 2,400 photographs of 16 classes to .build-photographs/images, to train on
	@python3 -c 'import ensurepip' 2> /dev/null || $(MAKE) --no-print-directory deps PACKAGES=python3-venv
	rm -rf $(PHOTOGRAPHS) && python3 -m venv $(PHOTOGRAPHS)/venv
	$(PHOTOGRAPHS)/venv/bin/pip install --disable-pip-version-check --no-deps \
	  pillow==13.0.0 scikit-image==0.26.0 scikit-learn==1.9.1
	$(PHOTOGRAPHS)/venv/bin/python Scripts/make-photographs $(PHOTOGRAPHS)/images

# Every source file: the folders of the packages in this repository.
SOURCES := Package.swift Sources Tests Examples/*/Package.swift Examples/*/Sources Benchmarks/Package.swift Benchmarks/Suites

lint: ## Check the format of every source file
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format: ## Format every source file in place
	$(SWIFT) format --in-place --recursive $(SOURCES)

docs: build ## Write the API documentation to .build/documentation; a link that does not resolve is an error
	rm -rf .build/symbols
	Scripts/extract-symbols .build/release public .build/symbols
	docc convert docs/Unfold.docc --additional-symbol-graph-dir .build/symbols --output-path .build/documentation \
	  --fallback-display-name Unfold --fallback-bundle-identifier unfold --warnings-as-errors

clean: ## Remove everything that was built
	$(SWIFT) package clean
	rm -rf .build .build-* Examples/*/.build Benchmarks/.build
