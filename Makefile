# One command per need. `make` alone builds; `make help` lists them.
SWIFT ?= swift

.PHONY: build help run test fuzz scale asan tsan report-test bench fleet gpu-check results ptx ptx-test sass format lint clean
.PHONY: dependencies arm-check
.PHONY: cluster-test bench-growth performance programs dist dist-check install uninstall

build: dependencies  ## builds everything (also what make alone does)
	$(SWIFT) build -c release

# What each command does: the text behind ## beside its name.
help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "make %-14s %s\n", $$1, $$2 }'

# The three programs with Swift's run time and libjpeg-turbo inside: they run on any Linux. Built apart.
programs: dependencies  ## builds programs that any Linux can run, in .build-dist/programs
	packaging/build

dist: dependencies  ## packs programs, recipes and documents: results/dist/stnet-VERSION-linux-ARCH.tar.xz
	packaging/dist

# On bare root file systems without a compiler, made by debootstrap: the archive alone runs the demo and a node. Needs root.
dist-check: dist  ## tries the archive of make dist on a bare Debian and a bare Ubuntu
	Tests/Dist/run results/dist/stnet-*.tar.xz

# make install PREFIX=/opt/stnet DESTDIR=/tmp/package
PREFIX ?= /usr/local
install: programs  ## installs programs, man pages and completions to PREFIX (/usr/local), below DESTDIR if given
	rm -rf .build-dist/tree && packaging/stage .build-dist/programs .build-dist/tree
	DESTDIR="$(DESTDIR)" STNET_TREE=.build-dist/tree packaging/install "$(PREFIX)"

uninstall:  ## removes what make install has installed to that PREFIX
	DESTDIR="$(DESTDIR)" packaging/install --uninstall "$(PREFIX)"

# The whole job from nothing: 200 generated pictures, the small network in Demo/, the table and the baselines. On a desktop
# the browser shows the report; not with make run STNET_OPEN=no.
run: build  ## generates 200 pictures, evaluates them, prints the table, shows the report
	$(SWIFT) run -c release --skip-build stnet-coord demo --out results/demo --force

# Release, as users run it: the kernels' tests would take minutes otherwise. XCTest is not used.
test: dependencies  ## builds and runs the whole test suite
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build --disable-xctest

# The recipes in cluster/ on what they are for: Slurm, sshd, systemd, network namespaces, Prometheus, an image, all started
# here for the test and ended with it. Installs Debian packages; what cannot run here is skipped and says why.
cluster-test: dependencies  ## runs the recipes of cluster/ on this machine
	cluster/test/run

# The same hostile files, weights, frames, handshakes and journals as in the tests, forty times as many: more than a
# million inputs for the wire's decoders alone.
fuzz: dependencies  ## tests with forty times as many hostile inputs
	$(SWIFT) build -c release --build-tests
	STNET_FUZZ=40 $(SWIFT) test -c release --skip-build --disable-xctest --filter 'HostileJPEG|HostilePNG|PlainJPEG|Fuzz|TarArchive'

# Every kernel's PTX with its threads in forty orders instead of a few (docs/gpu.md).
ptx-test: dependencies  ## tests the kernels' PTX with its threads in many orders
	$(SWIFT) build -c release --build-tests
	STNET_PTX_SEEDS=40 $(SWIFT) test -c release --skip-build --disable-xctest --filter '^CUDAKernelTests|^PTXMachineTests'

# Simulated fleets: 1,000 nodes and 1,000,000 images against the ideal, and a hundred thousand runs full of faults. The
# report of 50,000 images.
scale: dependencies  ## simulates fleets: 1,000 nodes, a hundred thousand runs full of faults
	$(SWIFT) build -c release --build-tests
	STNET_SCALE=full STNET_SEEDS=100000 $(SWIFT) test -c release --skip-build --disable-xctest --filter '^Simulation|ReportScale'

# The address and undefined-behaviour sanitizers: first over the C alone, then over the readers' and kernels' tests in Swift,
# whose own code has the address sanitizer only (there is no other on Linux). Built apart, without optimisation.
asan: dependencies  ## tests under the address and undefined-behaviour sanitizers: C, readers, kernels
	Tests/Sanitizers/run 400
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize=address --scratch-path .build-asan --disable-xctest \
	    -Xcc -fsanitize=undefined -Xcc -fno-sanitize=vptr -Xcc -fno-sanitize-recover=undefined --filter '^CKernelsTests' \
	    --filter 'JPEG|PNG|Resize|Fuzz|Tar(Archive|Forms)|NumPy|Inflate|SHA256|CRC32C|MapScorer'

# Needs no Arm: a cross compiler and qemu (Debian and Ubuntu).
arm-check:  ## tests the kernels for 64-bit Arm, under emulation, against this machine's
	Tests/Arm/install
	Tests/Arm/run

# The thread sanitizer over what has threads: transports, node, coordinator. Built apart, without optimisation.
tsan: dependencies  ## tests under the thread sanitizer: transports, node, coordinator
	$(SWIFT) test --sanitize=thread --scratch-path .build-tsan --disable-xctest \
	    --filter '(Backlog|SendQueue|Reactor|MemoryLink|Connecting|BrokenConnection|Stranger|Conversation)Tests' \
	    --filter '^NodeTests' --filter '(EvaluateCommand|JournalSyncer|FleetProgress|ArtifactStore|ConductorArtifact)Tests'

# Reports in the system's Chromium, as a reader sees them: docs/report.md. REPORTS="a/report.html b/report.html" for others.
REPORTS ?= results/demo/report.html
report-test: run  ## tests reports in a browser
	test -d .venv || python3 -m venv .venv
	.venv/bin/python -m pip install --quiet -r Tests/Browser/requirements.txt
	.venv/bin/python Tests/Browser/report_test.py .build/release/stnet-coord results/report-test $(REPORTS)

bench: build  ## measures how fast this machine evaluates, beside other programs
	Benchmarks/run

# How cost grows with images, batch, threads and nodes; then docs/performance.md from both files of figures.
bench-growth: build  ## measures how cost grows with images, batch, threads and nodes
	Benchmarks/run --growth

performance:  ## writes docs/performance.md from the measured figures
	docs/make_performance.py

# stnet-coord on 1,000 nodes that make their results up: CPU time an image, memory, makespan.
fleet: build  ## measures the coordinator on 1,000 nodes that make their results up
	$(SWIFT) run -c release --skip-build stnet-fleet

# results/gpu-check.tar.xz, to be unpacked and run on a machine with a GPU, which needs neither Swift nor a network. The
# programs are built apart, with Swift's libraries inside.
gpu-check: dependencies  ## packs what a machine with a GPU needs to check the kernels
	packaging/build stnet-coord stnet-tool stnet-gpu-check
	Benchmarks/pack-gpu-check .build-dist/programs results/gpu-check.tar.xz

# The CUDA kernels' PTX again, and what the assembler says about it; needs neither a GPU nor a toolkit.
ptx:  ## writes the CUDA kernels' PTX anew
	test -d .venv || python3 -m venv .venv
	.venv/bin/python -m pip install --quiet -r Sources/CKernels/cuda/requirements.txt
	.venv/bin/python Sources/CKernels/cuda/make_ptx.py
	.venv/bin/python Sources/CKernels/cuda/make_ptx.py --ptxas
	.venv/bin/python Sources/CKernels/cuda/check_header.py

# What assemblers of three CUDA releases make of the PTX: the table of docs/gpu.md. Needs no GPU either.
sass:  ## writes the table of the assembled kernels in docs/gpu.md anew
	test -d .venv || python3 -m venv .venv
	.venv/bin/python Sources/CKernels/cuda/sass.py --install
	.venv/bin/python Sources/CKernels/cuda/sass.py

format:  ## formats the Swift
	$(SWIFT) format --in-place --recursive Package.swift Plugins Sources Tests Benchmarks

lint:  ## checks the format, and what is imported
	$(SWIFT) format lint --strict --recursive Package.swift Plugins Sources Tests Benchmarks
	@! grep -rnE '^ *(public |@[_a-z]+ )*import +[a-z]* *Foundation' Sources Benchmarks/stnet-gpu-check || \
	    { echo "a program that imports Foundation grows by 6 to 50 MB: Sources/Bytes has what is needed of it" >&2; exit 1; }

# docs/results.md again, from the photographs and weights in STNET_DATA (default ../shared/data).
results: build  ## writes docs/results.md from the photographs and weights in STNET_DATA
	docs/make_results.py

clean:  ## removes what was built
	rm -rf .build .build-arm .build-asan .build-sanitizers .build-tsan .build-dist .build-kubernetes

# libjpeg-turbo's headers come from the system; installed here when they are missing.
dependencies:  ## installs libjpeg-turbo's headers where they are missing
	@pkg-config --exists libjpeg 2>/dev/null || ./install-dependencies
