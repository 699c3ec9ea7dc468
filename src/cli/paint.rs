//! The readable view of a terminal: coloured spans, and a table of who they are.

use anstyle::{AnsiColor, Style};
use exonym::format::table;
use exonym::{Annotation, Stack};

fn style(kind: &str) -> Style {
    let colour = match kind {
        "person" => AnsiColor::Cyan,
        "place" => AnsiColor::Green,
        "organisation" => AnsiColor::Yellow,
        "event" => AnsiColor::Magenta,
        _ => AnsiColor::Blue,
    };
    Style::new().fg_color(Some(colour.into())).bold()
}

/// Whether colours are wanted: a terminal, and `NO_COLOR` not set.
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Control characters of a text can't reach the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The text with coloured names, then one line an entity.
pub fn annotated(text: &str, annotations: &[Annotation<'_>], stack: &Stack) -> String {
    let colours = colours();
    let mut out = String::new();
    let mut at = 0;
    let mut rows: Vec<(Vec<String>, u32)> = Vec::new();
    for a in annotations {
        let id = stack.id(a.entity_ref);
        match rows.iter_mut().find(|(row, _)| row[2] == id) {
            Some((_, n)) => *n += 1,
            None => rows.push((
                vec![
                    a.label.to_owned(),
                    a.kind.to_owned(),
                    id.to_owned(),
                    a.stage.to_string(),
                    format!("{:.2}", a.score),
                ],
                1,
            )),
        }
        if a.range.start < at {
            continue;
        }
        out.push_str(&plain(&text[at..a.range.start]));
        let style = style(a.kind);
        if colours {
            out.push_str(&format!("{style}{}{style:#}", plain(a.form)));
        } else {
            out.push_str(&format!("[{}]", plain(a.form)));
        }
        at = a.range.end;
    }
    out.push_str(&plain(&text[at..]));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let cells: Vec<Vec<String>> =
        rows.into_iter().map(|(row, n)| std::iter::once(format!("{n:>4}×")).chain(row).collect()).collect();
    out.push('\n');
    out.push_str(&table::align(&cells));
    out
}
