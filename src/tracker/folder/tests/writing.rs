//! New issues and comments, and runs that meet.

use super::*;

#[cfg(unix)]
#[tokio::test]
async fn a_new_issue_is_written_whole() {
    let desk = Desk::new();
    desk.put("0009.md", "x")
        .put("0011/comments/0001.md", "of a deleted issue");
    let wish = Draft {
        status: closed_as(Reason::Duplicate),
        labels: set(&["type::bug", "help wanted"]),
        assignees: set(&["ann"]),
        ..draft("Hello", "text\n\n<!-- x -->")
    };
    let issue = desk.create(wish).await;
    assert_eq!(issue.key.0, "12");
    assert_eq!(
        desk.get("0012.md"),
        "---\nnumber: 12\ntitle: Hello\nstatus: closed as duplicate\nlabels: [help wanted, \"type::bug\"]\n\
         assignees: [ann]\nauthor: robin\ncreated: 2026-05-04T10:20:30Z\nupdated: 2026-05-04T10:20:30Z\n---\n\n\
         text\n\n<!-- x -->\n"
    );
    assert_eq!(issue, desk.one("12").await);
    assert_eq!(issue.comment_count, 0);
}

#[tokio::test]
async fn numbers_of_comments_are_not_given_again() {
    let desk = Desk::new();
    desk.put("0001.md", "x");
    assert_eq!(desk.comment("1", "a").await.key.0, "1");
    let second = desk.comment("1", "---\nb").await;
    assert_eq!((second.key.0.as_str(), second.body.text.as_str()), ("2", "---\nb"));
    assert_eq!(second.author.unwrap().login, "robin");
    desk.uncomment("1", "2").await;
    desk.uncomment("1", "2").await;
    desk.uncomment("5", "1").await;
    assert_eq!(desk.comment("1", "c").await.key.0, "3");
    fs::remove_file(desk.dir.path().join("0001/comments/0003.md")).unwrap();
    assert_eq!(
        desk.comment("1", "d").await.key.0,
        "4",
        "also when somebody removed the file by hand"
    );
    desk.put("0001/comments/.last", "rubbish");
    assert_eq!(desk.comment("1", "e").await.key.0, "5");
    desk.put("0001/comments/0041.md", "by hand");
    desk.uncomment("1", "41").await;
    assert_eq!(desk.comment("1", "f").await.key.0, "42");
    assert_eq!(desk.one("1").await.comment_count, 4);
}

#[tokio::test]
async fn a_comment_is_changed_in_place() {
    let desk = Desk::new();
    desk.put("0001.md", "x").put(
        "0001/comments/0001.md",
        "---\nauthor: ann\nmood: good # really\n---\nold\n",
    );
    desk.age("0001/comments/0001.md");
    let mut op = Op::EditComment {
        issue: issue_key("1"),
        comment: CommentKey("1".into()),
        body: "new".into(),
    };
    let comment = desk.folder.perform(&op).await.unwrap().comment.unwrap();
    assert_eq!(comment.body.text, "new");
    assert_eq!(
        desk.get("0001/comments/0001.md"),
        "---\nauthor: ann\nmood: good # really\ncreated: 2001-02-03T04:05:06Z\nupdated: 2026-05-04T10:20:30Z\n---\n\nnew\n"
    );
    if let Op::EditComment { comment, .. } = &mut op {
        comment.0 = "2".into();
    }
    assert!(matches!(desk.folder.perform(&op).await, Err(TrackerError::Gone(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_never_share_a_number() {
    let desk = Desk::new();
    let runs = [open(desk.dir.path()), open(desk.dir.path())];
    let mut tasks = Vec::new();
    for at in 0..24 {
        let run = runs[at % 2].clone();
        let op = Op::CreateIssue(draft(&format!("issue {at}"), ""));
        tasks.push(tokio::spawn(
            async move { run.perform(&op).await.unwrap().issue.unwrap() },
        ));
    }
    let mut keys = BTreeSet::new();
    for task in tasks {
        keys.insert(task.await.unwrap().key);
    }
    assert_eq!(keys.len(), 24);
    let titles: BTreeSet<String> = desk.all().await.into_iter().map(|issue| issue.title).collect();
    assert_eq!(titles.len(), 24);
    assert!(
        desk.names(".").iter().all(|name| name.len() == "0001.md".len()),
        "nothing else is left behind"
    );
}

#[test]
fn a_file_that_appears_in_between_is_not_overwritten() {
    let desk = Desk::new();
    desk.put("0001.md", "theirs");
    let made = crate::tracker::folder::disk::create(&desk.dir.path().join("0001.md"), "ours", time(NOW)).unwrap();
    assert!(!made);
    assert_eq!(desk.get("0001.md"), "theirs");
    assert_eq!(desk.names("."), ["0001.md"]);
}

#[cfg(unix)]
#[tokio::test]
async fn rights_of_a_file_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.put("0001.md", "x");
    let file = desk.dir.path().join("0001.md");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let patch = Patch {
        title: Some("T".into()),
        ..Patch::default()
    };
    desk.update("1", patch).await;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}
