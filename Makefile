# The commands that README.md names. Each does one thing; the work is in cargo and in tests/bin/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := test
CODEGEN := cargo run --quiet --package dockwright-codegen --features cli --

.PHONY: run ci test test-engines test-reach test-swarm test-stack matrix test-clients test-proxy test-readme site test-site newest-clients
.PHONY: test-foreign test-windows dist test-dist release dist-twice image bench soak fuzz mutants package deny
.PHONY: advisories regenerate record lint requirements

# make run [ENGINE=default|bookworm|trixie|sid]: on your engine, or on a throwaway one.
run:
	cargo build --release --package dockwright-server
	cargo build --quiet --package dockwright-server --example walk
	target=$${CARGO_TARGET_DIR:-target}; \
	$(if $(ENGINE),tests/engine/with $(ENGINE)) $$target/debug/examples/walk $$(realpath -m $$target/release/dockwright)

# Everything that a change must pass, on a machine that lacks what README.md asks for.
ci:
	.ci/run

# Installs what README.md asks for, on a Debian that lacks it. Needs root.
requirements:
	tests/bin/requirements

test: lint
	tests/bin/compile
	tests/bin/run

# The newest description comes last in the matrix: the tests after it are built from it too.
test-engines:
	tests/bin/matrix oldest newest
	tests/bin/on-engines

# make test-reach [ENGINE=…]: engines behind other servers on loopback, such as sshd. Needs root.
test-reach:
	ENGINE="$(ENGINE)" tests/bin/reach

# make test-swarm [ENGINE=…]: a swarm of three managers on this machine, which lose nodes. Needs root.
test-swarm:
	ENGINE="$(ENGINE)" tests/bin/swarm

# make test-stack [PROGRAM=…]: deploy/stack.yaml on such a swarm, under load. Needs root, and the program of `make image`.
test-stack:
	tests/stack/run $(PROGRAM)

# make matrix [VERSIONS="oldest 1.44 newest"] [ENGINE="bookworm sid"]: any API version on any engine, and a table.
matrix:
	ENGINES="$(ENGINE)" tests/bin/matrix $(VERSIONS)

# Real MCP clients, and the protocol's conformance suite: docs/clients.md. Needs python3 and npm.
test-clients:
	tests/clients/run $(ENGINE)

# The docker CLI, Compose, docker-py and Testcontainers through `dockwright proxy`: docs/proxy.md. Needs root and python3.
test-proxy:
	tests/proxy/run $(ENGINE)

# Every command of README.md, in the order written, in a fresh clone. Needs root, python3 and npm.
test-readme:
	tests/readme/run

# A page of every tool, with a builder of command lines: target/site/index.html. With the features of the tests, so that
# what these have compiled is used again.
site:
	cargo build --quiet --workspace --all-features --bins --example site
	target=$${CARGO_TARGET_DIR:-target}; mkdir -p $$target/site; \
	$$target/debug/examples/site >$$target/site/index.html

# The page in Chromium: its search, its builder, the keyboard, and what reads it aloud. Needs npm.
test-site:
	tests/site/run

# The newest versions of the same clients, beside one engine: for a job that runs every week.
newest-clients:
	NEWEST=1 tests/clients/run trixie

# Other APIs' descriptions, from npm packages: the generated clients compile and send the right requests. Needs npm.
test-foreign:
	tests/foreign/run

# Builds client and server for Windows and runs them under wine, and links the server for macOS. Needs Debian 12.
test-windows:
	server/tests/windows/run

# Builds the program for every target into dist/, and packs it: packaging/README.md. Needs Debian 12 and root.
dist:
	packaging/build
	packaging/shared
	packaging/archives
	packaging/deb
	packaging/image
	packaging/wheels
	packaging/npm
	packaging/mcpb
	packaging/plugin
	packaging/listings
	packaging/checksums

# Installs what is in dist/ by every channel, and calls tools through each. Needs root, python3 and npm.
test-dist:
	tests/dist/run $(ENGINE)

# Prints the steps of a release, each with its state. It publishes nothing.
release:
	packaging/release

# make dist-twice [TARGETS=…]: builds what is in dist/ again in another folder, and compares each byte.
dist-twice:
	packaging/twice $(TARGETS)

# Builds the image of the program alone and loads it into your engine.
image:
	packaging/build x86_64-unknown-linux-musl
	packaging/shared
	packaging/image
	docker load --input dist/dockwright-*-image-amd64.tar

# Measures both halves beside rivals, where these install.
bench:
	benches/run
	benches/client/run
	benches/client/run build
	benches/builds
	benches/proxy

# make soak [MINUTES=60] [ENGINE=trixie]: a long session on a throwaway engine, which restarts meanwhile. Memory,
# descriptors and threads of the server must stay flat. Needs root and Linux.
soak: MINUTES ?= 60
soak: ENGINE ?= default
soak:
	cargo build --release --package dockwright-server
	cargo build --quiet --package dockwright-server --example soak
	target=$${CARGO_TARGET_DIR:-target}; \
	tests/engine/with $(ENGINE) $$target/debug/examples/soak $$(realpath -m $$target/release/dockwright) $(MINUTES)

# make fuzz [MINUTES=10] [TARGETS="frames values"]: random input for the decoders. Needs nightly Rust and cargo-fuzz.
fuzz:
	fuzz/run

# make mutants [MINUTES=10] [FIRST=0]: runs the generator on odd descriptions, from mutant FIRST on.
mutants: MINUTES ?= 10
mutants: FIRST ?= 0
mutants:
	DOCKWRIGHT_MUTATE_MINUTES=$(MINUTES) DOCKWRIGHT_MUTATE_FIRST=$(FIRST) cargo test --release \
	  --config profile.release.overflow-checks=true --package dockwright-codegen --test mutated -- --nocapture mutated_description

# Builds the published crates from their packages alone. Cargo reuses an earlier run's crates of equal version, so these go.
package:
	rm -rf "$${CARGO_TARGET_DIR:-target}/package" "$${CARGO_HOME:-$$HOME/.cargo}"/registry/{src,cache}/-*/dockwright*
	cargo clean --quiet --package dockwright-archive --package dockwright-codegen --package dockwright --package dockwright-policy --package dockwright-server
	cargo package --workspace --exclude dockwright-conformance --allow-dirty

# Checks licences, duplicates and sources of all dependencies.
deny:
	tests/bin/deny

# make advisories: looks all dependencies up in RustSec's database. DOCKWRIGHT_ADVISORIES=folder names a copy of it, for
# a machine without network, or a URL.
advisories:
	tests/bin/advisories

lint:
	cargo fmt --all --check
	cargo fmt --manifest-path benches/client/Cargo.toml --all --check
	cargo clippy --workspace --all-targets --all-features -- --deny warnings
	cargo clippy --workspace --all-features --test reach -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --all-features --no-deps

# make regenerate [VERSION=1.56 | SPEC=path/to/swagger.yaml]: writes the parts of the generated code that reviewers see. With
# VERSION it first fetches and adopts upstream's description of that version, with SPEC the one in a file, and prints entries for
# the changelog and the work that is left. DOCKWRIGHT_UPSTREAM is the address of a version's description, with `{version}` in it.
ADOPTED := $(if $(VERSION),--version '$(VERSION)',$(if $(SPEC),'$(SPEC)'))
regenerate:
	$(if $(ADOPTED),$(CODEGEN) adopt $(ADOPTED),$(CODEGEN) check && $(CODEGEN) regenerate)
	cargo run --quiet --package dockwright-server -- tools --write generated/tools

# Records the answers of the test engines anew.
record:
	tests/bin/record
