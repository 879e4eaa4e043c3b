//! The words of a text, and which words are the services' own.
//!
//! Imports nothing of ours.

/// Words that services refuse requests with, and nothing else of theirs is told: they tell next to nothing of an issue.
const PLAIN: &str = "a about above abuse accept accepted access accessible according account accounts action active add added \
    adding address admin administrator after again against agent all allow allowed already also although an \
    and another any api app appear appears applied apply apps archived are argument arguments array as assign \
    assigned assignee assignees at attempt attribute authentication authorization authorized available \
    awaiting back bad be because been before being belong between blank block blocked body boolean both branch \
    branches but by bytes call can cannot cant challenge change changed changes character characters check \
    choose client close closed code collaborator collaborators combination comment comments commit commits \
    complete completed concurrent conflict contact contain contains content contents conversion correct could \
    couldn count create created creating creation credentials current currently custom data date days deadline \
    decode default delete deleted deletion denied deny deprecated depth description detail details detected \
    detection developer did didn directory disabled disallowed discussion do does doesn domain don due \
    duplicate during each edit edited either email emails empty enable enabled encoding end endpoint endpoints \
    enforce enforced enforcement enterprise entity entry error errors event exceed exceeded exceeds exist \
    existing exists expected expiration expire expired expires fail failed failure fast feature few field \
    fields file files fine first following for forbid forbidden forbids format forward found from full gateway \
    get give given gone grained grant granted graphql greater group groups guest had half has have head header \
    headers higher host hour hours html http https id ids if iid in include includes incomplete incorrect \
    instance insufficient integer integration interaction internal into invalid ip is isn issue issues it its \
    job json keep key keys kind label labels large larger later latest least left length less level license \
    lifetime like limit limited limits line lines link links list locked login long longer maintainer maintenance \
    malformed many match maximum may media member members membership merge message method milestone milestones \
    minimum minute minutes missing mode moment more most moved multipart must name namespace need needed needs \
    never new no node not note notes nothing null number object of off on once one only open operation or \
    order org organization organizations other out over overloaded owner owners page pages parameter \
    parameters params parent parse parsing part patch path pending per percent perform permanently permission \
    permissions permitted personal please policy post pre prevents private privileges problem problems process \
    processed processing project projects protected provide provided public push put query quickly quota range \
    rate rather re reached read reason recaptcha receive received recent redirect redirected ref reference \
    refresh refused rejected related remaining remove removed repo reporter repositories repository request \
    requested requests require required requires requiring reset resolve resource resources response \
    restricted result retry revoked right rights role rule rules ruleset s same saml save saved schema scope \
    scopes second secondary seconds security see seems send sent server service session set setting settings \
    short should sign signed since single size so some something soon sorry spam sso state status still \
    storage string submit submitted submitting subscription such support supported suspended syntax t take \
    taken target team temporarily terms text than that the their them then there these they this those though \
    through time timeout times title to token tokens too traffic tried triggered try two type types unable \
    unauthorized unavailable under unexpected unique unknown unprocessable unrecognized unsupported until up \
    update updated updates updating upload uploaded uploads uri url urls usage use used user users using valid \
    validate validated validation value values verification verified verify version via view visibility \
    visible visit wait was wasn way we weight were what when where whether which while who will with within \
    without work would write writes written wrong yet you your yours";

/// A word of a text and what is between it and the next. A text's first word may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) after: &'a str,
    /// It is, or begins with, a letter in another guise: `\n`, `\u0041`, `&#65;`, `&amp;`, `%41`.
    pub(super) escaped: bool,
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let (mut rest, mut before) = (text, "");
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (text, tail) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
        let (after, next) = tail.split_at(tail.find(char::is_alphanumeric).unwrap_or(tail.len()));
        let escaped = is_escaped(before, text, after);
        (rest, before) = (next, after);
        Some(Word { text, after, escaped })
    })
}

fn is_escaped(before: &str, word: &str, after: &str) -> bool {
    let is_byte = || word.len() >= 2 && word.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let is_entity = before.ends_with('&') || before.ends_with("&#");
    before.ends_with('\\') || (before.ends_with('%') && is_byte()) || (is_entity && after.starts_with(';'))
}

/// Whether a word, in small letters, is one of the services' own.
pub(super) fn is_plain(word: &str) -> bool {
    PLAIN.split_ascii_whitespace().any(|plain| plain == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_between_other_signs_and_escapes_are_known() {
        let told = |text| -> Vec<(&str, bool)> { words(text).map(|word| (word.text, word.escaped)).collect() };
        assert_eq!(told(""), []);
        assert_eq!(told("Née, 2!"), [("Née", false), ("2", false)]);
        assert_eq!(told("(a)"), [("", false), ("a", false)]);
        for (text, escaped) in [
            (r"\nab", [("", false), ("nab", true)]),
            ("&#x41;", [("", false), ("x41", true)]),
            ("&amp;", [("", false), ("amp", true)]),
            ("&amp", [("", false), ("amp", false)]),
            ("%41b", [("", false), ("41b", true)]),
            ("%of", [("", false), ("of", false)]),
        ] {
            assert_eq!(told(text), escaped, "{text}");
        }
    }
}
