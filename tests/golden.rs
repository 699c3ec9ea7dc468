//! The example stories with their names marked inline, and the README's claims on them.

use exonym::Annotator;
use exonym::format::marks;
use exonym::rewrite::Normalizer;

use crate::common::{builtin, golden, root};

#[test]
fn example_stories() {
    let annotator = Annotator::new(builtin());
    for name in ["summit-en", "summit-uk", "summit-de"] {
        let text = std::fs::read_to_string(root().join(format!("examples/{name}.txt"))).expect("readable");
        assert!(text.split_whitespace().count() >= 400, "{name} is too short");
        let annotations = annotator.annotate(&text).expect("annotates");
        golden(&root().join(format!("tests/golden/{name}.marks.txt")), &marks::write(&text, &annotations));
        let normalizer = Normalizer::new(annotator.clone());
        let rewrite = normalizer.rewrite(&text).expect("rewrites");
        golden(&root().join(format!("tests/golden/{name}.normalized.txt")), &rewrite.apply());
    }
}
