//! The environment: the only place that reads variables and clocks. Everything else is handed them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

/// A snapshot of the environment variables.
#[derive(Clone, Debug, Default)]
pub struct Env(BTreeMap<String, SecretString>);

impl Env {
    /// The variables of this process. Names or values that are not Unicode are left out.
    pub fn of_process() -> Self {
        let all = std::env::vars_os();
        Self(
            all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?.into())))
                .collect(),
        )
    }

    /// These variables and no others.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let variables = variables.into_iter();
        Self(variables.map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// These variables and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: SecretString) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// These variables but one.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// A variable that is set and not empty.
    pub fn secret(&self, name: &str) -> Option<&SecretString> {
        self.0
            .get(name)
            .filter(|value| !value.expose_secret().trim().is_empty())
    }

    /// A variable that holds no secret, set and not empty.
    pub fn plain(&self, name: &str) -> Option<&str> {
        self.secret(name).map(ExposeSecret::expose_secret)
    }
}

/// The time now.
pub fn now() -> Timestamp {
    Timestamp::now()
}
