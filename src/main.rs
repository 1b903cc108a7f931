//! The program `tacktest`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tacktest::cli::main()
}
