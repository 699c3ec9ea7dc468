//! Progress on a terminal: nothing is drawn where nobody looks, or where data goes.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use exonym::dict::build::{Stage, Step};
use indicatif::{ProgressBar, ProgressStyle};

/// A counter of `what`, drawn on standard error if that is a terminal and standard output is not.
pub fn counter(what: &str) -> ProgressBar {
    drawn(&format!("{{spinner}} {{pos}} {what}  {{per_sec}}  {{elapsed}}"), !io::stdout().is_terminal())
}

/// A clock beside `what`, drawn on standard error if that is a terminal.
pub fn clock(what: &str) -> ProgressBar {
    drawn(&format!("{{spinner}} {what}  {{elapsed}}"), true)
}

/// The stages of a build, each with a bar, drawn on standard error if that is a terminal.
pub fn build() -> Build {
    Build(drawn("{spinner} {msg}  {bar:30} {percent}%  {elapsed}", true))
}

/// What [`build`] draws.
pub struct Build(ProgressBar);

impl Build {
    /// What the builder tells of its steps.
    pub fn watch(&self) -> impl FnMut(Step) + Send + use<> {
        let bar = self.0.clone();
        let mut last: Option<Stage> = None;
        move |step| {
            if last != Some(step.stage) {
                last = Some(step.stage);
                bar.set_message(step.stage.as_str());
            }
            bar.set_length(step.total.unwrap_or(step.done));
            bar.set_position(step.done);
        }
    }

    /// Takes it off the screen.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
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
