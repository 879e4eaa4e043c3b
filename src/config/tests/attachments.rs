//! What is said of files, in one word or in a table.

use super::super::{AttachmentField, Attachments};
use super::{codes, read, valid, with_sync};
use crate::diag::Code;
use crate::model::PerSide;

fn field(text: &str) -> AttachmentField {
    valid(&with_sync(&format!("    fields: {{ {text} }}\n"))).syncs[0]
        .fields
        .attachments
}

#[test]
fn files_are_linked_to_unless_the_file_says_otherwise() {
    let silent = field("");
    assert_eq!(silent, AttachmentField::default());
    assert_eq!(silent.mode, Attachments::Link);
    assert_eq!((silent.max_file, silent.max_run), (10_000_000, 200_000_000));
    assert_eq!(field("attachments: off").mode, Attachments::Off);
    assert_eq!(field("attachments: reupload").mode, Attachments::Reupload);
    assert_eq!(field("attachments: { mode: link }").mode, Attachments::Link);
}

#[test]
fn a_table_names_sizes_and_branches() {
    let written = field("attachments: { gh: branch, max_file: 500KB, max_run: 1 GB }");
    let want = AttachmentField {
        mode: Attachments::Reupload,
        branch: PerSide::new(true, false),
        max_file: 500_000,
        max_run: 1_000_000_000,
    };
    assert_eq!(written, want);
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, code, words) in [
        ("{ gl: branch }", Code::BadValue, "`gl` keeps files by itself"),
        ("{ gh: uploads }", Code::UnknownValue, "`gh` cannot be `uploads`"),
        ("{ board: branch }", Code::UnknownTracker, "no tracker `board`"),
        ("{ mode: copy }", Code::UnknownValue, "`copy`"),
        ("{ max_file: 10 }", Code::WrongType, "text"),
        ("{ max_file: 10 MiB }", Code::BadNumber, "`10 MiB` is no size"),
        ("{ max_run: 99999999999999999999GB }", Code::BadNumber, "is no size"),
        ("{ max_run: -1MB }", Code::BadNumber, "`-1MB` is no size"),
        ("[link]", Code::WrongType, "one word"),
    ] {
        let file = with_sync(&format!("    fields: {{ attachments: {text} }}\n"));
        let found = read(&file).unwrap_err();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].code, code, "{text}");
        assert!(found[0].message.contains(words), "{}", found[0]);
        let (_, line, column) = codes(&file)[0];
        assert!(line > 1 && column > 15, "{text}");
    }
}
