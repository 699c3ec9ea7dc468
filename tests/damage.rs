//! Damaged files: checked opening refuses each, trusted opening gives an error or an answer.

use exonym::dict::build::Builder;
use exonym::{Annotator, Dictionary, Stack};

/// A dictionary with every structure of the layout: variants, shared and repeated spellings, forms
/// that silence, entities with and without extras, other ids.
fn small() -> Vec<u8> {
    let mut builder = Builder::default();
    builder.table(
        "e",
        b"id\ttype\tprior\tsame_as\tcountry\tlat\tlon\tfrom\tnote\nplace/kyiv\tplace\t0.9\twikidata:Q1899,g:1\tUA\t50.4\t30.5\t482\tthe capital\n\
          place/other\tplace\t\t\t\t\t\t\t\nperson/o\tperson\t0.5\t\tIE\t\t\t\t\n",
    );
    builder.table(
        "f",
        "id\tlang\tform\trole\tdate\nplace/kyiv\ten\tKyiv\tofficial\t2024-01-31\nplace/kyiv\tuk\tКиїв\tofficial\t\n\
         place/kyiv\ten\tKyiv City\talias\t\nplace/other\ten\tKyiv\talias\t\nplace/other\ten\tKYIV\tshort\t\n\
         person/o\ten\tO'Connor\tfamily\t\nperson/o\ten\tAnn\tgiven\t\n*\ten\tchicken Kyiv\tnever\t\n"
            .as_bytes(),
    );
    let built = builder.finish().expect("builds");
    assert!(built.faults.is_empty(), "{:?}", built.faults);
    built.bytes
}

/// Asks a dictionary for everything it has; what it says does not matter.
fn read_all(dictionary: &Dictionary) -> usize {
    let mut seen = 0;
    let mut form = |form: exonym::dict::Form<'_>| {
        seen += form.text().len() + form.lang().len() + form.source().len() + usize::from(form.is_composed());
        seen += usize::from(form.is_sanctioned()) + form.role() as usize + form.case() as usize + form.risk() as usize;
        seen += form.date().map_or(0, |d| d.len()) + usize::from(form.years().0.is_some());
        seen += form.entity().map_or(0, |e| e.id().len());
    };
    for entity in dictionary.entities().chain(dictionary.entity(dictionary.any_entity())) {
        entity.forms().for_each(&mut form);
    }
    (0..dictionary.form_count() as u32 + 1).filter_map(|i| dictionary.form(i)).for_each(&mut form);
    // At every byte of the postings, and beyond.
    for place in (0..400).chain([u64::from(u32::MAX), u64::MAX]) {
        dictionary.postings(place).take(100).for_each(|(f, _)| form(f));
    }
    for place in (0..400).chain([u64::MAX]) {
        seen += dictionary.spelling(place).map_or(0, str::len);
    }
    for entity in dictionary.entities() {
        seen += entity.id().len() + entity.kind().len() + entity.country().len() + entity.note().len();
        seen += entity.same_as().count() + entity.prior() as usize + usize::from(entity.gender().is_some());
        seen += usize::from(entity.coordinates().is_some()) + usize::from(entity.years().1.is_some());
    }
    for id in ["", "a", "g:1", "person/o", "place/kyiv", "wikidata:Q1899", "*", "z"] {
        seen += dictionary.entity_by_id(id).map_or(0, |e| e.index() as usize);
    }
    seen + usize::from(dictionary.provenance().is_ok())
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
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if let Ok(dictionary) = Dictionary::from_bytes_trusted(damaged) {
                read_all(&dictionary);
                if flip == 0xff {
                    let stack = Stack::from(dictionary);
                    let _ = stack.lookup("Kyiv", "en");
                    let _ = Annotator::new(stack).annotate("In Kyiv City and Київ it rained on O'Connor's house.");
                }
            }
        }
    }
    let _ = std::panic::take_hook();
}

#[test]
fn random_sections_are_read_without_harm() {
    // Everything behind the header, which is checked, made of random bytes.
    let bytes = small();
    let head = 40 + 32 * usize::from(bytes[20]) + 8;
    let mut random = crate::common::Random(3);
    let mut opened = 0;
    for _ in 0..300 {
        let mut damaged = bytes.clone();
        let from = head + random.below(bytes.len() - head);
        let to = (from + 1 + random.below(200)).min(bytes.len());
        let few = random.below(2) == 0;
        damaged[from..to].iter_mut().for_each(|b| *b = if few { random.below(4) as u8 } else { random.next() as u8 });
        if let Ok(dictionary) = Dictionary::from_bytes_trusted(damaged) {
            opened += 1;
            read_all(&dictionary);
        }
    }
    assert!(opened > 100, "{opened}");
}
