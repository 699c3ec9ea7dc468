//! Recall and precision on an agency story marked by hand. The text was written before it was
//! measured; the labels are those of the dictionary.
//!
//! `[surface](label)` is a mention; `[surface]` without a label is a name outside the starter
//! dictionary's scope, neither asked for nor held against the annotator.

use exonym::Annotator;

use crate::common::{builtin, root};

struct Gold {
    text: String,
    mentions: Vec<(usize, usize, String)>,
    free: Vec<(usize, usize)>,
}

fn read(name: &str) -> Gold {
    let marked = std::fs::read_to_string(root().join("tests/gold").join(name)).expect("readable");
    let mut gold = Gold { text: String::new(), mentions: Vec::new(), free: Vec::new() };
    let mut rest = marked.as_str();
    while let Some(open) = rest.find('[') {
        gold.text.push_str(&rest[..open]);
        let close = open + rest[open..].find(']').expect("a closing bracket");
        let start = gold.text.len();
        gold.text.push_str(&rest[open + 1..close]);
        let end = gold.text.len();
        rest = &rest[close + 1..];
        if let Some(label) = rest.strip_prefix('(') {
            let stop = label.find(')').expect("a closing bracket");
            gold.mentions.push((start, end, label[..stop].to_owned()));
            rest = &label[stop + 1..];
        } else {
            gold.free.push((start, end));
        }
    }
    gold.text.push_str(rest);
    gold
}

#[test]
fn an_agency_story() {
    let gold = read("agency-en.txt");
    let annotator = Annotator::new(builtin()).labels_in("en");
    let found = annotator.annotate(&gold.text).expect("annotates");
    let right = |s: usize, e: usize, label: &str| found.iter().any(|a| a.range == (s..e) && a.label == label);
    let missed: Vec<&(usize, usize, String)> = gold.mentions.iter().filter(|(s, e, l)| !right(*s, *e, l)).collect();
    let wrong: Vec<String> = found
        .iter()
        .filter(|a| !gold.mentions.iter().any(|(s, e, l)| a.range == (*s..*e) && a.label == *l))
        .filter(|a| !gold.free.iter().any(|(s, e)| a.range.start < *e && *s < a.range.end))
        .map(|a| format!("{} = {}", a.form, a.label))
        .collect();
    let recall = 1.0 - missed.len() as f64 / gold.mentions.len() as f64;
    println!(
        "{} words, {} mentions, {} missed {:?}, recall {:.1} %, {} wrong {wrong:?}",
        gold.text.split_whitespace().count(),
        gold.mentions.len(),
        missed.len(),
        missed.iter().map(|(s, e, _)| &gold.text[*s..*e]).collect::<Vec<_>>(),
        100.0 * recall,
        wrong.len()
    );
    assert!(recall >= 0.92 && wrong.len() <= 2);
}
