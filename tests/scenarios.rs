//! The scenarios of this project, each as a test, through the same runner as `tacktest run`.

fn main() -> std::process::ExitCode {
    tacktest::cli::test_target()
}
