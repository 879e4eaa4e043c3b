//! Files in a text that crosses: which are kept on the other side already, and which have yet to be.
//!
//! A file is known by the forms that the border leaves in texts: they hold its address on both sides. One that is not
//! known stands in the planned text as a placeholder. Nothing is fetched here.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use crate::border::{Place, Syntax, is_writable, moved_files, upload};
use crate::config::Attachments;
use crate::model::{IssueKey, LinkId, PerSide, Side, hex_id};
use crate::plan::PlannedFile;
use crate::reconcile::desk::{Desk, Need};
use crate::reconcile::ours::mark_of;
use crate::tracker::Shelf;

/// As long as the longest address we count on, so that a text which fits while it is planned fits when it is written.
const PLACEHOLDER: usize = 320;

/// The files of one text on its way.
pub(crate) struct Luggage<'a> {
    link: &'a LinkId,
    keys: PerSide<Option<&'a IssueKey>>,
    /// The text itself, as it is stored where it comes from.
    own: &'a str,
    /// What it takes the place of.
    replaced: &'a str,
    known: OnceCell<BTreeMap<String, String>>,
    planned: RefCell<Vec<PlannedFile>>,
}

impl<'a> Luggage<'a> {
    /// The files of `own`, a text of the link.
    pub(crate) fn new(link: &'a LinkId, keys: PerSide<Option<&'a IssueKey>>, own: &'a str) -> Self {
        Self {
            link,
            keys,
            own,
            replaced: "",
            known: OnceCell::new(),
            planned: RefCell::default(),
        }
    }

    /// The same for a text that replaces another one, which may name files as well.
    pub(super) fn replacing(self, replaced: &'a str) -> Self {
        Self { replaced, ..self }
    }

    /// The address on the side `to` of a file of the side `from`; a placeholder when it has yet to be kept there, `None`
    /// when it stays where it is.
    pub(crate) fn place(
        &self,
        desk: &Desk<'_>,
        from: &Place<'_>,
        to: (Side, &Place<'_>),
        file: &str,
    ) -> Option<String> {
        let kept_in = shelf(desk, to.0)?;
        if from.syntax == Syntax::Plain && !self.is_own(to.0.other(), file) {
            return None;
        }
        let known = self.known.get_or_init(|| self.known(desk, from, to));
        if let Some(here) = known.get(file) {
            return Some(here.clone());
        }
        let left = left(file)?;
        let placeholder = placeholder(self.link, file);
        let mut planned = self.planned.borrow_mut();
        if !planned.iter().any(|one| one.placeholder == placeholder) {
            planned.push(PlannedFile {
                original: fetched_by(file, from).to_owned(),
                left,
                placeholder: placeholder.clone(),
                name: file.rsplit('/').next().unwrap_or_default().to_owned(),
                shelf: kept_in,
            });
        }
        Some(placeholder)
    }

    /// Files in a folder have names anybody can guess: a text takes along those of its own issue only.
    fn is_own(&self, from: Side, file: &str) -> bool {
        let number = |text: &str| text.parse::<u64>().ok();
        let folder = file.split('/').next().and_then(number);
        folder.is_some() && folder == self.keys.get(from).and_then(|key| number(&key.0))
    }

    /// Addresses on `to` by the address on `from`: from our forms in the issue and in our own comments there, and from
    /// those in the text itself, which tell where a file that came from there began.
    fn known(&self, desk: &Desk<'_>, from: &Place<'_>, to: (Side, &Place<'_>)) -> BTreeMap<String, String> {
        let mut known = BTreeMap::new();
        let mut learn = |theirs: &str, here: String| {
            let Some(theirs) = upload(theirs, from) else { return };
            let kept = upload(&here, to.1).filter(|kept| *kept != theirs && is_writable(&here));
            if kept.is_some() {
                known.entry(theirs).or_insert(here);
            }
        };
        for (original, here) in moved_files(self.own) {
            learn(&here, original);
        }
        let issue = self.keys.get(to.0).and_then(|key| desk.issue(to.0, key));
        let said = self.keys.get(to.0).and_then(|key| desk.known_comments(to.0, key));
        let ours = said
            .unwrap_or_default()
            .iter()
            .filter(|comment| mark_of(desk, to.0, self.link, comment).is_some())
            .map(|comment| comment.body.text.as_str());
        let texts = issue.map(|issue| issue.body.text.as_str()).into_iter().chain(ours);
        for text in std::iter::once(self.replaced).chain(texts) {
            for (original, here) in moved_files(text) {
                learn(&original, here);
            }
        }
        known
    }

    /// The files planned for the text as it came out in the end. A comment may know one of them: those of the issue are
    /// asked for where they have not been read.
    pub(crate) fn planned(self, desk: &mut Desk<'_>, to: Side, text: &str) -> Vec<PlannedFile> {
        let mut planned = self.planned.into_inner();
        planned.retain(|file| text.contains(&file.placeholder));
        if let Some(key) = self.keys.get(to).filter(|_| !planned.is_empty())
            && desk.known_comments(to, key).is_none()
            && !desk.world.get(to).unreadable.contains_key(key)
        {
            desk.need(Need::Comments(to, (*key).clone()));
        }
        planned
    }
}

/// Where a side keeps files, if the sync wants that and it can.
fn shelf(desk: &Desk<'_>, to: Side) -> Option<Shelf> {
    let field = &desk.terms().sync.fields.attachments;
    let profile = desk.profile(to);
    match field.mode {
        Attachments::Reupload if profile.uploads => Some(Shelf::Uploads),
        Attachments::Reupload if profile.branch && *field.branch.get(to) => Some(Shelf::Branch),
        Attachments::Reupload | Attachments::Link | Attachments::Off => None,
    }
}

/// Why a step is taken, with the number of files that go along.
pub(crate) fn with_files(why: String, files: &[PlannedFile]) -> String {
    match files.len() {
        0 => why,
        1 => format!("{why}, with 1 file"),
        many => format!("{why}, with {many} files"),
    }
}

/// The address to fetch a file by. A project's own uploads go without its address for people, which need not be the one
/// the mapping file names.
fn fetched_by<'f>(file: &'f str, from: &Place<'_>) -> &'f str {
    let within = from.web.and_then(|web| file.strip_prefix(web.trim_end_matches('/')));
    within
        .filter(|within| from.syntax == Syntax::GitLab && within.starts_with("/uploads/"))
        .unwrap_or(file)
}

/// The address of a file in the characters that our forms can hold. Only paths in a folder may need other ones.
fn left(file: &str) -> Option<String> {
    let root = url::Url::parse("http://folder.invalid/").ok();
    let encoded = || Some(root?.join(file).ok()?.path().trim_start_matches('/').to_owned());
    let left = if is_writable(file) {
        Some(file.to_owned())
    } else {
        encoded()
    };
    left.filter(|left| is_writable(left))
}

fn placeholder(link: &LinkId, file: &str) -> String {
    let said = format!("{link}\n{file}");
    let name = format!("{}{}", hex_id("file", &said), hex_id("file, again", &said));
    let address = format!("https://lockstep.invalid/file/{name}/");
    format!("{address:-<PLACEHOLDER$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_file_fits_into_a_text() {
        for (file, want) in [
            ("https://x.org/uploads/a.png", Some("https://x.org/uploads/a.png")),
            ("0001/files/a.png", Some("0001/files/a.png")),
            ("0001/files/ä.png", Some("0001/files/%C3%A4.png")),
            ("0001/files/a,b.png", None),
        ] {
            assert_eq!(left(file).as_deref(), want, "{file}");
        }
    }

    #[test]
    fn own_uploads_are_fetched_without_the_address_for_people() {
        let place = |syntax| Place {
            syntax,
            mentions: true,
            quick_actions: true,
            web: Some("https://people.example/g/p"),
        };
        let own = "https://people.example/g/p/uploads/0/a.png";
        let other = "https://people.example/-/project/1/uploads/0/a.png";
        assert_eq!(fetched_by(own, &place(Syntax::GitLab)), "/uploads/0/a.png");
        assert_eq!(fetched_by(other, &place(Syntax::GitLab)), other);
        assert_eq!(fetched_by(own, &place(Syntax::GitHub)), own);
    }

    #[test]
    fn a_placeholder_is_an_address_of_one_length() {
        let link = LinkId("0123456789abcdef0123".into());
        let one = placeholder(&link, "0001/files/a.png");
        assert_eq!(one.len(), PLACEHOLDER);
        assert!(is_writable(&one) && one.contains("/file/"));
        assert_eq!(one, placeholder(&link, "0001/files/a.png"));
        assert_ne!(one, placeholder(&link, "0001/files/b.png"));
        assert_ne!(one, placeholder(&LinkId("1".into()), "0001/files/a.png"));
    }
}
