//! The program `tacktest`.

use std::process::ExitCode;

/// Loading and judging make very many small allocations; with this allocator a run of 10 000 scenarios takes about a
/// sixth less processor time than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tacktest::cli::main()
}
