# One command per need. `make` alone builds.
SWIFT ?= swift
DEMO ?= results/demo-pictures

.PHONY: build run test fuzz scale tsan report-test bench fleet gpu-check results ptx format lint clean dependencies
.PHONY: cluster-test bench-growth performance

build: dependencies
	$(SWIFT) build -c release

# The whole job from nothing: 200 generated pictures, the small network in Demo/, the table and the baselines.
run: build
	$(SWIFT) run -c release --skip-build stnet-tool demo-images --count 200 --seed 2017 --out $(DEMO)
	$(SWIFT) run -c release --skip-build stnet-coord --images $(DEMO)/images --annotations $(DEMO)/annotations \
	    --network Demo/network.json --weights Demo/demo.safetensors --out results/demo --force

# Release, as users run it: the kernels' tests would take minutes otherwise. XCTest is not used.
test: dependencies
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --disable-xctest

# The recipes in cluster/ on what they are for: Slurm, sshd, systemd, network namespaces, Prometheus, an image, all started
# here for the test and ended with it. Installs Debian packages; what cannot run here is skipped and says why.
cluster-test: dependencies
	cluster/test/run

# The same hostile files, weights, frames, handshakes and journals as in the tests, forty times as many: more than a
# million inputs for the wire's decoders alone.
fuzz: dependencies
	$(SWIFT) build -c release --build-tests
	STNET_FUZZ=40 $(SWIFT) test -c release --skip-build --disable-xctest --filter 'HostileJPEG|PlainJPEG|Fuzz|TarArchive'

# Simulated fleets: 1,000 nodes and 1,000,000 images against the ideal, and a hundred thousand runs full of faults. The
# report of 50,000 images.
scale: dependencies
	$(SWIFT) build -c release --build-tests
	STNET_SCALE=full STNET_SEEDS=100000 $(SWIFT) test -c release --skip-build --disable-xctest --filter '^Simulation|ReportScale'

# The thread sanitizer over what has threads: transports, node, coordinator. Built apart, without optimisation.
tsan: dependencies
	$(SWIFT) test --sanitize=thread --scratch-path .build-tsan --disable-xctest \
	    --filter '(Backlog|SendQueue|Reactor|MemoryLink|Connecting|BrokenConnection|Stranger|Conversation)Tests' \
	    --filter '^NodeTests' --filter '(EvaluateCommand|JournalSyncer|FleetProgress)Tests'

# Reports in the system's Chromium, as a reader sees them: docs/report.md. REPORTS="a/report.html b/report.html" for others.
REPORTS ?= results/demo/report.html
report-test: run
	test -d .venv || python3 -m venv .venv
	.venv/bin/python -m pip install --quiet -r Tests/Browser/requirements.txt
	.venv/bin/python Tests/Browser/report_test.py .build/release/stnet-coord results/report-test $(REPORTS)

bench: build
	Benchmarks/run

# How cost grows with images, batch, threads and nodes; then docs/performance.md from both files of figures.
bench-growth: build
	Benchmarks/run --growth

performance:
	docs/make_performance.py

# stnet-coord on 1,000 nodes that make their results up: CPU time an image, memory, makespan.
fleet: build
	$(SWIFT) run -c release --skip-build stnet-fleet

# results/gpu-check.tar.xz, to be unpacked and run on a machine with a GPU, which needs neither Swift nor a network. The
# programs are built apart, with Swift's libraries inside.
gpu-check: dependencies
	@pkg-config --exists libcurl 2>/dev/null || ./install-dependencies --static
	for product in stnet-coord stnet-tool stnet-gpu-check; do \
	    $(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-static --product $$product || exit 1; \
	done
	Benchmarks/pack-gpu-check .build-static/release results/gpu-check.tar.xz

# The CUDA kernels' PTX again, and what the assembler says about it; needs neither a GPU nor a toolkit.
ptx:
	test -d .venv || python3 -m venv .venv
	.venv/bin/python -m pip install --quiet -r Sources/CKernels/cuda/requirements.txt
	.venv/bin/python Sources/CKernels/cuda/make_ptx.py
	.venv/bin/python Sources/CKernels/cuda/make_ptx.py --ptxas

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

# docs/results.md again, from the photographs and weights in STNET_DATA (default ../shared/data).
results: build
	docs/make_results.py

clean:
	rm -rf .build .build-tsan .build-static .build-kubernetes

# libjpeg-turbo's headers come from the system; installed here when they are missing.
dependencies:
	@pkg-config --exists libjpeg 2>/dev/null || ./install-dependencies
