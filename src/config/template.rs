//! The attribution line of mirrored comments, as the mapping file may word it.
//!
//! Imports the template engine only. The same function checks a template when the mapping file is read and fills it in
//! later, so that what was accepted works.

use minijinja::{Environment, UndefinedBehavior, context};

/// What a template may name.
pub const ATTRIBUTION_WORDS: [&str; 4] = ["author", "url", "tracker", "date"];
/// Longest template, and longest line made of one, in characters.
const LONGEST: usize = 1000;
/// Steps the engine may take: a line needs some dozens, and a loop must not hold up a run.
const FUEL: u64 = 10_000;

/// Who wrote a comment, where and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributed<'a> {
    /// The person, as shown on the side the line is written to.
    pub author: &'a str,
    /// The original's web address.
    pub url: &'a str,
    /// The original's tracker, by its name in the mapping file.
    pub tracker: &'a str,
    /// The day it was written: `2026-01-31`.
    pub date: &'a str,
}

/// The line a template makes, or why it makes none: it is faulty, names something unknown, or makes no single line. The
/// values are put in as they are; making foreign text harmless is the caller's.
pub fn attribution(template: &str, values: &Attributed<'_>) -> Result<String, String> {
    if template.chars().count() > LONGEST {
        return Err(format!("the template is longer than {LONGEST} characters"));
    }
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.remove_global("range");
    let faulty = |error: &minijinja::Error| match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let compiled = engine.template_from_str(template).map_err(|error| faulty(&error))?;
    let mut unknown: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
    unknown.retain(|name| !ATTRIBUTION_WORDS.contains(&name.as_str()));
    unknown.sort();
    if let Some(name) = unknown.first() {
        return Err(format!("there is no `{name}` to name in it"));
    }
    let Attributed {
        author,
        url,
        tracker,
        date,
    } = *values;
    let line = compiled
        .render(context! { author, url, tracker, date })
        .map_err(|error| faulty(&error))?;
    if line.trim().is_empty() {
        return Err("it makes an empty line".into());
    }
    if line.chars().any(char::is_control) {
        return Err("it makes more than one line".into());
    }
    if line.chars().count() > LONGEST {
        return Err(format!("it makes a line of more than {LONGEST} characters"));
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Attributed<'_> = Attributed {
        author: "ann <b>",
        url: "https://example.org/1",
        tracker: "github",
        date: "2026-01-31",
    };

    #[test]
    fn a_template_makes_one_line_of_what_it_names() {
        let line = attribution(
            "{{ author }} ({{ date }}, [{{ tracker | upper }}]({{ url }})):",
            &VALUES,
        );
        assert_eq!(line.unwrap(), "ann <b> (2026-01-31, [GITHUB](https://example.org/1)):");
        assert_eq!(
            attribution("On behalf of others:", &VALUES).unwrap(),
            "On behalf of others:"
        );
    }

    #[test]
    fn what_makes_no_line_is_refused_in_words() {
        for (template, words) in [
            ("{{ body }}", "no `body`"),
            ("{% if secret %}{{ author }}{% endif %}x", "no `secret`"),
            ("{% if false %}{{ later }}{% endif %}x", "no `later`"),
            ("{{ author.mail }}", "undefined"),
            ("{{ author", "syntax"),
            ("{{ author | shout }}", "filter"),
            ("{% for n in range(9) %}{{ n }}{% endfor %}", "no `range`"),
            (
                "{% for a in url %}{% for b in url %}{% for c in url %}{% for d in url %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
                "fuel",
            ),
            ("", "empty line"),
            ("{# nothing #} ", "empty line"),
            ("{{ author }}\n{{ url }}", "more than one line"),
        ] {
            let error = attribution(template, &VALUES).unwrap_err();
            assert!(error.contains(words), "{template}: {error}");
        }
        assert!(attribution(&"x".repeat(LONGEST + 1), &VALUES).is_err());
    }
}
