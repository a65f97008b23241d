# The commands that README.md names. Each does one thing; the work is in cargo and in tests/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := test
CODEGEN := cargo run --quiet --package dockwright-codegen --features cli --

.PHONY: run test test-engines regenerate record lint

# make run [ENGINE=default|bookworm|trixie|sid]: on your engine, or on a throwaway one.
run:
	cargo build --quiet --example hello
	$(if $(ENGINE),tests/engine/with $(ENGINE)) $${CARGO_TARGET_DIR:-target}/debug/examples/hello

test: lint
	tests/compile
	tests/run

test-engines:
	tests/engines

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --all-features --no-deps

# Writes what reviewers see of the generated code.
regenerate:
	$(CODEGEN) check
	$(CODEGEN) regenerate

# Records the answers of the test engines anew.
record:
	tests/record
