//! The command `exonym`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
