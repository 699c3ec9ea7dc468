//! Progress on a terminal: nothing is drawn where nobody looks, or where data goes.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A counter of `what`, drawn on standard error if that is a terminal and standard output is not.
pub fn counter(what: &str) -> ProgressBar {
    drawn(&format!("{{spinner}} {{pos}} {what}  {{per_sec}}  {{elapsed}}"), !io::stdout().is_terminal())
}

/// A clock beside `what`, drawn on standard error if that is a terminal.
pub fn clock(what: &str) -> ProgressBar {
    drawn(&format!("{{spinner}} {what}  {{elapsed}}"), true)
}

fn drawn(template: &str, apart: bool) -> ProgressBar {
    if !apart || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
