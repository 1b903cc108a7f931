//! The program `tacktest`.

fn main() {}
