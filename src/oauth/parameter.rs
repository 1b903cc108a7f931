//! A parameter of a request, in its ordinary form or wrong on purpose.

/// A parameter of an authorization or token request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Parameter {
    /// Not sent.
    #[default]
    LeftOut,
    /// Sent once.
    Value(String),
    /// Sent once for each value, which RFC 6749 §3.1 and §3.2 forbid.
    Repeated(Vec<String>),
}

impl Parameter {
    /// The value that is sent first.
    pub fn first(&self) -> Option<&str> {
        self.values().first().map(String::as_str)
    }

    /// What is sent, in order.
    pub(super) fn values(&self) -> &[String] {
        match self {
            Self::LeftOut => &[],
            Self::Value(value) => std::slice::from_ref(value),
            Self::Repeated(values) => values,
        }
    }

    /// Whether the parameter is sent at most once.
    pub(super) fn is_ordinary(&self) -> bool {
        !matches!(self, Self::Repeated(_))
    }
}

impl<T: Into<String>> From<T> for Parameter {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}
