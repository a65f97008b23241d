//! The binary `dockwright`.

fn main() {}
