//! Offset paging as both services do it: a page of a list, and the addresses of its neighbours.

/// The page asked for.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// From 1.
    pub number: usize,
    pub size: usize,
}

/// A page of a list and where it stands.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub number: usize,
    pub size: usize,
    pub total: usize,
}

impl Paging {
    /// Reads `page` and `per_page`; nonsense counts as the default, too much as `cap`.
    pub fn read(page: Option<&str>, per_page: Option<&str>, default: usize, cap: usize) -> Self {
        let number = |text: Option<&str>| {
            text.and_then(|text| text.parse::<usize>().ok())
                .filter(|&number| number > 0)
        };
        Paging {
            number: number(page).unwrap_or(1),
            size: number(per_page).unwrap_or(default).min(cap).max(1),
        }
    }

    /// Cuts the page out of the whole list.
    pub fn cut<T>(self, all: Vec<T>) -> Page<T> {
        let total = all.len();
        let items = all
            .into_iter()
            .skip((self.number - 1).saturating_mul(self.size))
            .take(self.size)
            .collect();
        Page {
            items,
            number: self.number,
            size: self.size,
            total,
        }
    }
}

impl<T> Page<T> {
    /// The number of the last page, at least 1.
    pub fn last(&self) -> usize {
        self.total.div_ceil(self.size).max(1)
    }

    /// The next page's number, if there is one.
    pub fn next(&self) -> Option<usize> {
        (self.number < self.last()).then(|| self.number + 1)
    }

    /// The previous page's number, if there is one.
    pub fn previous(&self) -> Option<usize> {
        (self.number > 1).then(|| self.number - 1)
    }
}

/// One entry of a Link header: the base address with the query, its `page` replaced.
pub fn link(address: &str, query: &[(String, String)], page: usize, per_page: Option<usize>, relation: &str) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query
        .iter()
        .filter(|(name, _)| name != "page" && (name != "per_page" || per_page.is_none()))
    {
        text.append_pair(name, value);
    }
    text.append_pair("page", &page.to_string());
    if let Some(per_page) = per_page {
        text.append_pair("per_page", &per_page.to_string());
    }
    format!("<{address}?{}>; rel=\"{relation}\"", text.finish())
}
