# One command per need. `make` alone builds.
SWIFT ?= swift
DEMO ?= results/demo-pictures

.PHONY: build run test fuzz bench format lint clean dependencies

build: dependencies
	$(SWIFT) build -c release

# The whole job from nothing: 200 generated pictures, the small network in Demo/, the table and the baselines.
run: build
	$(SWIFT) run -c release --skip-build stnet-tool demo-images --count 200 --seed 2017 --out $(DEMO)
	$(SWIFT) run -c release --skip-build stnet-coord --images $(DEMO)/images --annotations $(DEMO)/annotations \
	    --network Demo/network.json --weights Demo/demo.safetensors --out results/demo

# Release, as users run it: the kernels' tests would take minutes otherwise. XCTest is not used.
test: dependencies
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --disable-xctest

# The same hostile files and weights as in the tests, forty times as many.
fuzz: dependencies
	$(SWIFT) build -c release --build-tests
	STNET_FUZZ=40 $(SWIFT) test -c release --skip-build --disable-xctest --filter 'HostileJPEG|PlainJPEG|WeightFuzz'

bench: build
	Benchmarks/run

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

clean:
	rm -rf .build

# libjpeg-turbo's headers come from the system; installed here when they are missing.
dependencies:
	@pkg-config --exists libjpeg 2>/dev/null || ./install-dependencies
