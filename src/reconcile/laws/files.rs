//! Files in bodies and comments: kept once on the other side, named there, and never lost from a text.

use std::time::Duration;

use tokio::time::Instant;

use super::bench::{Bench, on_still_time};
use super::checks::nothing_twice;
use super::line::{Fault, Line};
use super::profiles::{folder, github, gitlab};
use super::setup::Setup;
use super::store::Store;
use crate::border::restore;
use crate::config::{AttachmentField, Attachments};
use crate::model::{Body, PerSide, Side};
use crate::tracker::Profile;

/// Both sides keep files where they can.
fn bench(left: Profile, right: Profile) -> Bench {
    let mut setup = Setup::new(left, right);
    setup.sync.fields.attachments = AttachmentField {
        mode: Attachments::Reupload,
        branch: PerSide::new(true, true),
        max_file: 1_000,
        max_run: 10_000,
    };
    Bench::new(setup)
}

/// Every pair, with the address of a file on the left as texts name it and as it is fetched.
fn pairs() -> Vec<(Bench, String, String)> {
    let asset = || "https://left.example/user-attachments/assets/0a-1b".to_owned();
    let upload = || "/uploads/0123456789abcdef0123456789abcdef/shot.png".to_owned();
    let full = || format!("https://left.example/acme/app{}", upload());
    let own = || "1/files/shot.png".to_owned();
    vec![
        (bench(github(), gitlab()), asset(), asset()),
        (bench(gitlab(), github()), upload(), full()),
        (bench(gitlab(), gitlab()), upload(), full()),
        (bench(folder(), github()), own(), own()),
        (bench(folder(), gitlab()), own(), own()),
        (bench(github(), folder()), asset(), asset()),
    ]
}

fn text(store: &Store, side: Side) -> String {
    let stored = store.sides.get(side).issues.values().next().unwrap();
    Body::read(&stored.body).text
}

fn comments(store: &Store, side: Side) -> Vec<String> {
    let stored = store.sides.get(side).issues.values().next().unwrap();
    stored
        .comments
        .values()
        .map(|said| Body::read(&said.body).text)
        .collect()
}

fn kept(bench: &Bench, side: Side) -> usize {
    bench.store().sides.get(side).files.len()
}

fn first(bench: &Bench, side: Side) -> u64 {
    *bench.store().sides.get(side).issues.keys().next().unwrap()
}

/// No planned address was ever written.
fn no_placeholder(bench: &Bench) {
    assert!(!bench.show().contains("lockstep.invalid"), "{}", bench.show());
}

#[test]
fn a_file_in_body_and_comment_is_kept_once_and_edits_around_it_keep_nothing() {
    on_still_time(async {
        for (bench, address, fetched) in pairs() {
            bench.store().sides.left.files.insert(fetched, b"picture".to_vec());
            let shown = format!("See ![shot]({address})");
            bench.store().open(Side::Left, "One", &shown);
            bench
                .store()
                .say(Side::Left, 1, &format!("Again: ![shot]({address}) #1"));
            let ran = bench.settle(&address).await;
            assert!(ran.plan.steps().any(|(_, step)| step.why.ends_with("with 1 file")));
            assert_eq!(kept(&bench, Side::Right), 1, "{}", bench.show());
            let there = text(&bench.store(), Side::Right);
            assert!(there != shown && restore(&there) == shown, "{there}");
            assert!(!there.contains(&format!("]({address}")));

            bench.store().rewrite(Side::Left, 1, &format!("{shown}\n\nEdited."));
            let said = *bench.store().sides.left.issues[&1].comments.keys().next().unwrap();
            bench
                .store()
                .reword(Side::Left, 1, said, &format!("Changed ![shot]({address})"));
            bench.settle("edited around").await;
            bench
                .store()
                .say(Side::Left, 1, &format!("Once more ![shot]({address})"));
            bench.settle("said again").await;
            let copy = first(&bench, Side::Right);
            let now = text(&bench.store(), Side::Right);
            bench
                .store()
                .rewrite(Side::Right, copy, &format!("{now}\n\nAnd there."));
            bench.settle("edited in the copy").await;
            assert_eq!(
                text(&bench.store(), Side::Left),
                format!("{shown}\n\nEdited.\n\nAnd there.")
            );
            assert_eq!((kept(&bench, Side::Left), kept(&bench, Side::Right)), (1, 1));
            no_placeholder(&bench);
        }
    });
}

#[test]
fn a_file_added_to_a_copy_comes_home_and_goes_back_as_itself() {
    on_still_time(async {
        for (bench, _, _) in pairs() {
            bench.store().open(Side::Left, "One", "Text");
            let mine = bench.store().say(Side::Left, 1, "Said");
            bench.settle("made").await;
            let copy = first(&bench, Side::Right);
            let (address, fetched) = match bench.setup.profiles.right.syntax {
                crate::border::Syntax::GitHub => {
                    let asset = "https://right.example/user-attachments/assets/9-9".to_owned();
                    (asset.clone(), asset)
                }
                crate::border::Syntax::GitLab => {
                    let upload = "/uploads/fedcba9876543210fedcba9876543210/new.png";
                    (upload.to_owned(), format!("https://right.example/acme/app{upload}"))
                }
                crate::border::Syntax::Plain => (format!("{copy}/files/new.png"), format!("{copy}/files/new.png")),
            };
            bench.store().sides.right.files.insert(fetched, b"new".to_vec());
            let shown = format!("Text\n\n![new]({address})");
            bench.store().rewrite(Side::Right, copy, &shown);
            let said = *bench.store().sides.right.issues[&copy].comments.keys().next().unwrap();
            bench
                .store()
                .reword(Side::Right, copy, said, &format!("Said <img src=\"{address}\">"));
            bench.settle("added").await;
            let home = text(&bench.store(), Side::Left);
            assert!(home.contains(&format!("\u{2060}{address}\")")), "{home}");
            assert_eq!(kept(&bench, Side::Left), 1, "{}", bench.show());

            bench.store().rewrite(Side::Left, 1, &format!("{home}\n\nMore."));
            bench.store().reword(Side::Left, 1, mine, "Said something else");
            bench.settle("edited at home").await;
            let there = text(&bench.store(), Side::Right);
            assert!(there.starts_with(&format!("Text\n\n![new]({address} \"")), "{there}");
            bench.store().rewrite(Side::Right, copy, &format!("{there} Even more."));
            bench.settle("edited in the copy again").await;
            assert_eq!(text(&bench.store(), Side::Left), format!("{home}\n\nMore. Even more."));
            assert_eq!((kept(&bench, Side::Left), kept(&bench, Side::Right)), (1, 1));
            no_placeholder(&bench);
        }
    });
}

#[test]
fn a_file_that_never_ends_takes_no_longer_than_the_run_may() {
    on_still_time(async {
        for (bench, address, fetched) in pairs() {
            bench.store().sides.left.files.insert(fetched, b"drop by drop".to_vec());
            bench.store().open(Side::Left, "One", &format!("![shot]({address})"));
            let line = Line::for_so_long(Duration::from_mins(1));
            let began = Instant::now();
            let ran = bench.run_over(&line).await.unwrap();
            assert!((60..65).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
            let held = &ran.applied.held;
            assert_eq!(held[0].code, "attachment-linked");
            assert!(held[0].message.contains("within 60 s"), "{held:?}");
            bench.settle("afterwards").await;
            no_placeholder(&bench);
        }
    });
}

#[test]
fn a_file_that_cannot_be_kept_is_linked_to_and_stays_so() {
    on_still_time(async {
        for (content, why) in [
            (Some(vec![b'x'; 2_000]), "larger than `max_file`"),
            (Some(b"begins and then".to_vec()), "the connection broke"),
            (Some(b"drop by drop".to_vec()), "it did not come within 600 s"),
            (None, "no such file"),
        ] {
            for (bench, address, fetched) in pairs() {
                let files = content.iter().map(|content| (fetched.clone(), content.clone()));
                bench.store().sides.left.files.extend(files);
                let shown = format!("![shot]({address})");
                bench.store().open(Side::Left, "One", &shown);
                bench.store().say(Side::Left, 1, &format!("Said ![shot]({address})"));
                let ran = bench.settle(why).await;
                let held = &ran.applied.held;
                assert!(held.iter().all(|held| held.code == "attachment-linked"), "{held:?}");
                assert!(held[0].message.contains(why) && held[0].on == "left#1", "{held:?}");
                assert_eq!(kept(&bench, Side::Right), 0);
                let there = text(&bench.store(), Side::Right);
                assert!(there.starts_with(&format!("![shot]({fetched}")), "{there}");
                assert_eq!(restore(&there), shown);
                no_placeholder(&bench);

                // The file is there now, and the text is edited: it is tried again.
                bench
                    .store()
                    .sides
                    .left
                    .files
                    .insert(fetched.clone(), b"small".to_vec());
                bench.assert_settled("nothing is tried without an edit");
                bench.store().rewrite(Side::Left, 1, &format!("{shown} now"));
                bench.settle("tried again").await;
                assert_eq!(kept(&bench, Side::Right), 1);
            }
        }
    });
}

#[test]
fn a_run_carries_no_more_than_it_may() {
    on_still_time(async {
        let mut bench = bench(github(), gitlab());
        bench.setup.sync.fields.attachments.max_run = 1_500;
        for n in 1..=3 {
            let address = format!("https://left.example/user-attachments/assets/{n}-0");
            bench.store().sides.left.files.insert(address.clone(), vec![n; 900]);
            bench
                .store()
                .open(Side::Left, &format!("Issue {n}"), &format!("![a]({address})"));
        }
        let ran = bench.settle("three files").await;
        assert_eq!(kept(&bench, Side::Right), 1);
        assert_eq!(ran.applied.held.len(), 2);
        assert!(ran.applied.held.iter().all(|held| held.message.contains("`max_run`")));
    });
}

#[test]
fn the_same_content_under_two_addresses_is_kept_once() {
    on_still_time(async {
        let bench = bench(github(), gitlab());
        let address = |n: u8| format!("https://left.example/user-attachments/assets/{n}-0");
        for n in 1..=2 {
            bench.store().sides.left.files.insert(address(n), b"same".to_vec());
        }
        let shown = format!("![a]({}) ![b]({})", address(1), address(2));
        bench.store().open(Side::Left, "One", &shown);
        bench.settle("two addresses").await;
        assert_eq!(kept(&bench, Side::Right), 1);
        assert_eq!(restore(&text(&bench.store(), Side::Right)), shown);
    });
}

#[test]
fn a_folders_file_of_another_issue_is_not_taken_along() {
    on_still_time(async {
        let bench = bench(folder(), gitlab());
        bench
            .store()
            .sides
            .left
            .files
            .insert("2/files/secret.png".into(), b"secret".to_vec());
        bench.store().open(Side::Left, "One", "![a](2/files/secret.png)");
        bench.settle("another's file").await;
        assert_eq!(kept(&bench, Side::Right), 0);
        assert_eq!(text(&bench.store(), Side::Right), "![a](2/files/secret.png)");
    });
}

#[test]
fn without_a_shelf_files_stay_where_they_are() {
    on_still_time(async {
        for (mode, branch, want) in [
            (Attachments::Reupload, false, true),
            (Attachments::Link, true, true),
            (Attachments::Off, true, false),
        ] {
            let mut bench = bench(gitlab(), github());
            let field = &mut bench.setup.sync.fields.attachments;
            (field.mode, field.branch.right) = (mode, branch);
            let address = "/uploads/0123456789abcdef0123456789abcdef/shot.png";
            bench
                .store()
                .open(Side::Left, "One", &format!("![a]({address}) [b](b.md)"));
            let ran = bench.settle("stays").await;
            assert!(ran.applied.held.is_empty());
            let there = text(&bench.store(), Side::Right);
            let full = there.contains(&format!("](https://left.example/acme/app{address}"));
            assert_eq!((full, there.contains("/-/blob/HEAD/b.md")), (want, want), "{there}");
        }
    });
}

#[test]
fn runs_cut_off_anywhere_write_no_placeholder_and_settle() {
    on_still_time(async {
        for (bench, address, fetched) in pairs() {
            bench.store().sides.left.files.insert(fetched, b"picture".to_vec());
            let shown = format!("![shot]({address})");
            bench.store().open(Side::Left, "One", &shown);
            bench.store().say(Side::Left, 1, &format!("Said ![shot]({address})"));
            for fault in Fault::ALL {
                for at in 1..=4 {
                    let bench = bench.fork();
                    bench.run_over(&Line::failing(at, fault)).await;
                    no_placeholder(&bench);
                    bench.run().await;
                    bench.settle("after the fault").await;
                    nothing_twice(&bench, "after the fault");
                    no_placeholder(&bench);
                    assert_eq!(restore(&text(&bench.store(), Side::Right)), shown);
                    assert_eq!(comments(&bench.store(), Side::Right).len(), 1);
                }
            }
        }
    });
}
