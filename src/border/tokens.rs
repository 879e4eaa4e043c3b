//! What in a text, outside code, one service or another might take for a mention or a reference.
//!
//! Imports the spans and what may stand around an address. By bytes, and on the generous side: what is read here and means nothing gets an
//! invisible joiner; what is missed might notify a stranger. Services look at the rendered text, so a character written
//! as an entity or with a backslash counts as well.

use std::ops::Range;

use super::around::Around;
use super::spans::Spans;
use super::token::{Kind, Reference, Token, What};

/// Reads all tokens, ascending and apart.
pub(super) fn tokens(text: &str, spans: &Spans) -> Vec<Token> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        spans,
        found: Vec::new(),
        around: Around::default(),
    };
    let mut at = 0;
    while at < text.len() {
        at = match spans.code_end(at) {
            Some(end) => end.max(at + 1),
            None => reader.step(at),
        };
    }
    reader.found
}

/// What GitLab refers to by a word in brackets or behind an asterisk.
const KINDS: [&str; 9] = [
    "issue",
    "epic",
    "work_item",
    "vulnerability",
    "feature_flag",
    "contact",
    "iteration",
    "cadence",
    "wiki_page",
];

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    spans: &'a Spans,
    found: Vec<Token>,
    around: Around,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b'\n', |b| self.byte(b))
    }

    fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// The end of the run of bytes from `at` that `fine` accepts.
    fn run(&self, at: usize, fine: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&b| fine(b)).count()
    }

    /// Reads what begins at `at`; where to go on.
    fn step(&mut self, at: usize) -> usize {
        match self.byte(at) {
            b'@' => self.mention(at, at + 1),
            b'#' => self.hash(at),
            b'!' | b'$' => self.numbered(at),
            b'%' | b'~' => self.named(at),
            b'&' => self.entity(at),
            b':' => self.prefixed(at),
            b'h' if self.part(at..at + 4) == "http" && !is_word(self.before(at)) => self.address(at),
            b if is_word(b) && !is_word(self.before(at)) => self.word(at),
            _ => at + 1,
        }
    }

    fn push(&mut self, range: Range<usize>, joints: Vec<usize>, what: What) -> usize {
        let end = range.end;
        let ascii_space = |b: u8| b.is_ascii_whitespace();
        let opens = ascii_space(self.before(range.start)) || b"(*\"',|".contains(&self.before(range.start));
        let closes = ascii_space(self.byte(end)) || b".,;:!?)*\"'|".contains(&self.byte(end));
        let roomy = opens && closes && self.spans.is_prose(&range);
        self.found.push(Token {
            range,
            joints,
            what,
            roomy,
        });
        end
    }

    fn sign(&mut self, range: Range<usize>, sign: char) -> usize {
        let end = range.end;
        self.push(range, vec![end], What::Sign(sign))
    }

    /// From the at sign, whose last byte is before `next`.
    fn mention(&mut self, at: usize, next: usize) -> usize {
        // Written out, it may begin a text behind an address.
        let spelled = next == at + 1;
        if spelled && self.in_mail(at) {
            return next;
        }
        let mut end = self.name(next);
        if end == next {
            // Escaped, as an entity, or with a tag between that a sanitiser may take away.
            let odd = matches!(self.byte(next), b'&' | b'\\' | b'<' | b'>' | b'.' | b'-');
            return if odd { self.sign(at..next, '@') } else { next };
        }
        while self.byte(end) == b'/' && self.name(end + 1) > end + 1 {
            end = self.name(end + 1);
        }
        if !spelled {
            return self.sign(at..next, '@');
        }
        let name = self.part(next..end).to_owned();
        let mut joints = vec![next];
        // The name may hold a reference, and does once the sign before it is apart.
        joints.extend(
            (next..end)
                .filter(|&at| !is_word(self.before(at)) && self.is_ticket(at))
                .map(|at| at + 3),
        );
        self.push(at..end, joints, What::Mention(name))
    }

    fn is_ticket(&self, at: usize) -> bool {
        let head = self.part(at..at + 3);
        (head.eq_ignore_ascii_case("gh-") || head.eq_ignore_ascii_case("gl-")) && self.byte(at + 3).is_ascii_digit()
    }

    fn name(&self, at: usize) -> usize {
        let first = self.byte(at);
        if !is_word(first) {
            return at;
        }
        let mut end = self.run(at, |b| is_word(b) || b == b'.' || b == b'-');
        while matches!(self.before(end), b'.' | b'-') {
            end -= 1;
        }
        end
    }

    /// Whether a letter or digit right before the at sign makes it part of an address, unless that is itself the end of
    /// an entity.
    fn in_mail(&self, at: usize) -> bool {
        let mut begin = at;
        while self.before(begin).is_ascii_alphanumeric() && begin > 0 {
            begin -= 1;
        }
        begin < at && !matches!(self.before(begin), b'&' | b'#')
    }

    fn hash(&mut self, at: usize) -> usize {
        let end = self.run(at + 1, |b| b.is_ascii_digit());
        if end == at + 1 {
            let odd = self.byte(end) == b'&' && self.byte(end + 1) == b'#';
            return if odd { self.sign(at..at + 1, '#') } else { at + 1 };
        }
        self.reference(at, end, Kind::Issue)
    }

    fn numbered(&mut self, at: usize) -> usize {
        let end = self.run(at + 1, |b| b.is_ascii_digit());
        if end == at + 1 {
            let odd = self.byte(end) == b'&' && self.byte(end + 1) == b'#';
            let sign = if self.byte(at) == b'!' { '!' } else { '$' };
            return if odd { self.sign(at..at + 1, sign) } else { at + 1 };
        }
        let kind = if self.byte(at) == b'!' {
            Kind::Change
        } else {
            Kind::Snippet
        };
        self.reference(at, end, kind)
    }

    /// A sign with a number, perhaps after the path of a project.
    fn reference(&mut self, at: usize, end: usize, kind: Kind) -> usize {
        let floor = self.found.last().map_or(0, |t| t.range.end);
        let mut begin = at;
        while begin > floor && (is_word(self.before(begin)) || matches!(self.before(begin), b'.' | b'-' | b'/')) {
            begin -= 1;
        }
        let project = self.part(begin..at).to_owned();
        let path = project.contains('/') && !project.split('/').any(str::is_empty);
        if is_word(self.byte(end)) || !(project.is_empty() || path) {
            return self.push(at..end, vec![at + 1], What::Sign(kind.sign()));
        }
        let key = self.part(at + 1..end).to_owned();
        let project = path.then_some(project);
        self.push(
            begin..end,
            vec![at + 1],
            What::Reference(Reference { project, kind, key }),
        )
    }

    /// `%milestone` and `~label`.
    fn named(&mut self, at: usize) -> usize {
        let sign = self.byte(at);
        let doubled = self.before(at) == sign;
        let next = self.byte(at + 1);
        let odd = matches!((next, self.byte(at + 2)), (b'&', b'#') | (b'\\', b'"'));
        if doubled || !(is_word(next) || matches!(next, b'"' | b'.') || odd || next >= 0x80) {
            return at + 1;
        }
        // An original joiner is two by now, or will be: nothing is alive behind it.
        if self.part(at + 1..self.text.len()).starts_with(super::escape::JOINER) {
            return at + 1;
        }
        self.sign(at..at + 1, char::from(sign))
    }

    /// `&12`, or an entity that stands for a character that begins something live.
    fn entity(&mut self, at: usize) -> usize {
        if self.byte(at + 1).is_ascii_digit() {
            return self.sign(at..at + 1, '&');
        }
        let rest = self.part(at..self.text.len());
        let Some((sign, length)) = written_out(rest) else {
            // Not to be taken for a reference: `&#39;`.
            let digits = self.run(at + 2, |b| b.is_ascii_digit());
            let other = self.byte(at + 1) == b'#' && self.byte(digits) == b';';
            return if other { digits } else { at + 1 };
        };
        let end = at + length;
        let next = self.byte(end);
        if self.byte(at + 1) == b'#' && (self.before(end) != b';' || self.before(at) == b'\\') {
            // This may be an entity to one reader and a reference to another: with a joint behind the hash it is neither.
            return self.sign(at..at + 2, '#');
        }
        match sign {
            '@' => self.mention(at, end),
            '~' | '%' if is_word(next) || next == b'"' || next == b'&' || next >= 0x80 => self.sign(at..end, sign),
            '#' | '!' | '$' | '&' if next.is_ascii_digit() || next == b'&' => self.sign(at..end, sign),
            _ => end,
        }
    }

    /// `[vulnerability:12]`, `*iteration:12` and their like.
    fn prefixed(&mut self, at: usize) -> usize {
        let mut begin = at;
        while self.before(begin).is_ascii_lowercase() || self.before(begin) == b'_' {
            begin -= 1;
        }
        let known = KINDS.contains(&self.part(begin..at)) && matches!(self.before(begin), b'[' | b'*');
        if known && !self.byte(at + 1).is_ascii_whitespace() {
            return self.push(at..at + 1, vec![at + 1], What::Sign(':'));
        }
        at + 1
    }

    /// A bare address, as far as every service links it: nothing in it is live. Within raw HTML nothing is linked.
    fn address(&mut self, at: usize) -> usize {
        let begins = self.before(at);
        let scheme = self.run(at, |b| b.is_ascii_lowercase());
        let is_web = matches!(self.part(at..scheme), "http" | "https") && self.part(scheme..scheme + 3) == "://";
        // A backslash makes the sign before it text, and the sign behind the address a part of it.
        let escaped = begins == b'<' && at.checked_sub(2).is_some_and(|b| self.byte(b) == b'\\');
        let may = !escaped && (begins.is_ascii_whitespace() || matches!(begins, b'(' | b'<'));
        if !(is_web && may) || self.spans.may_be_html(at) || !self.around.is_free(self.bytes, at) {
            return scheme;
        }
        let host_at = scheme + 3;
        let host = self.run(host_at, |b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
        let name = self.part(host_at..host);
        let labels = name.split('.').count() > 1 && name.split('.').all(|l| !l.is_empty());
        let mut end = self.run(at, |b| b.is_ascii_alphanumeric() || b"/._~:?#@=%+-".contains(&b));
        end = end.min(self.spans.text_end(at).unwrap_or(end));
        // An address that runs into something else is not linked everywhere.
        let apart = if begins == b'<' {
            self.byte(end) == b'>'
        } else {
            let behind = self.run(end, |b| b".,;:!?)\"'*_~|".contains(&b));
            self.byte(behind).is_ascii_whitespace()
        };
        let ended = matches!(self.byte(host), b'/' | b'?' | b'#' | b':') || host == end;
        if !(labels && ended && apart) {
            return scheme;
        }
        while matches!(self.before(end), b'.' | b'_' | b'~' | b':' | b'?' | b'@' | b'#') {
            end -= 1;
        }
        self.push(at..end, Vec::new(), What::Address)
    }

    /// `GH-12`, `GL-12`, a commit id, or a word that is none of them.
    fn word(&mut self, at: usize) -> usize {
        let end = self.run(at, is_word);
        let word = self.part(at..end);
        // Underscores around it make it emphasised.
        let bare = word.trim_start_matches('_');
        let (at, word) = if self.byte(end) == b'-' {
            (end - bare.len(), bare)
        } else {
            (at, word)
        };
        let ticket = word.eq_ignore_ascii_case("gh") || word.eq_ignore_ascii_case("gl");
        if ticket && self.byte(end) == b'-' {
            let digits = self.run(end + 1, |b| b.is_ascii_digit());
            if digits > end + 1 {
                let reference = Reference {
                    project: None,
                    kind: Kind::Issue,
                    key: self.part(end + 1..digits).to_owned(),
                };
                return self.push(at..digits, vec![end + 1], What::Reference(reference));
            }
        }
        if is_commit(word) {
            let commit = Reference {
                project: None,
                kind: Kind::Commit,
                key: word.to_owned(),
            };
            let joints = (at + 6..end).step_by(6).collect();
            let end = self.push(at..end, joints, What::Reference(commit));
            // Inside longer words (dates, UUIDs) a joiner would do harm and the worst that can come is a link.
            self.found.pop_if(|t| !t.roomy);
            return end;
        }
        end
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// 7 to 40 hexadecimal digits that are neither a number nor a word.
fn is_commit(word: &str) -> bool {
    (7..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The sign an entity at the beginning of `text` stands for, and the entity's length. Browsers do without the
/// semicolon of a number.
fn written_out(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 6] = [
        ("&commat;", '@'),
        ("&num;", '#'),
        ("&excl;", '!'),
        ("&dollar;", '$'),
        ("&percnt;", '%'),
        ("&amp;", '&'),
    ];
    if let Some((name, sign)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*sign, name.len()));
    }
    let number = text.strip_prefix("&#")?;
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let code = u32::from_str_radix(digits.get(..length)?.trim_start_matches('0'), radix).ok()?;
    let sign = char::from_u32(code).filter(|c| "@#!$%~&".contains(*c))?;
    let end = text.len() - digits.len() + length;
    let semicolon = usize::from(text.get(end..).is_some_and(|t| t.starts_with(';')));
    Some((sign, end + semicolon))
}
