//! Damaged files: checked opening refuses each, trusted opening gives an error or an answer.

use exonym::dict::build::Builder;
use exonym::{Annotator, Dictionary, Stack};

fn small() -> Vec<u8> {
    let mut builder = Builder::default();
    builder.table("e", b"id\ttype\tprior\nplace/kyiv\tplace\t0.9\n");
    builder.table(
        "f",
        "id\tlang\tform\trole\nplace/kyiv\ten\tKyiv\tofficial\nplace/kyiv\tuk\tКиїв\tofficial\n".as_bytes(),
    );
    builder.finish().expect("builds").bytes
}

#[test]
fn every_flipped_byte_is_refused() {
    let bytes = small();
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let error = Dictionary::from_bytes(damaged).expect_err("a flipped byte");
            assert!(error.to_string().contains("exonym"), "byte {at}: {error}");
        }
    }
}

#[test]
fn every_cut_and_every_longer_file_is_refused() {
    let bytes = small();
    for length in 0..bytes.len() {
        assert!(Dictionary::from_bytes(bytes[..length].to_vec()).is_err(), "{length}");
        assert!(Dictionary::from_bytes_trusted(bytes[..length].to_vec()).is_err(), "{length}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(Dictionary::from_bytes(longer).is_err());
}

#[test]
fn a_newer_layout_says_so() {
    let mut bytes = small();
    bytes[8] = 99;
    let error = Dictionary::from_bytes(bytes).expect_err("newer").to_string();
    assert!(error.contains("layout 99") && error.contains("update exonym"), "{error}");
}

#[test]
fn trusted_damage_is_an_error_or_an_answer() {
    // The fst crate panics on damaged bytes; the panics are caught and turned into errors.
    std::panic::set_hook(Box::new(|info| {
        let fst = info.location().is_some_and(|l| l.file().contains("fst"));
        if !fst {
            eprintln!("{info}");
        }
    }));
    let bytes = small();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        if let Ok(dictionary) = Dictionary::from_bytes_trusted(damaged) {
            let stack = Stack::from(dictionary);
            let _ = stack.lookup("Kyiv", "en");
            let _ = Annotator::new(stack).annotate("In Kyiv and Київ it rained on the house of the people.");
        }
    }
    let _ = std::panic::take_hook();
}
