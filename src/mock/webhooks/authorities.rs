//! The authorities whose receivers are trusted besides those of the system.

use std::{io, path::Path};

use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::source::{Access, read_whole};

/// The largest file of certificates in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The certificates in a PEM file. The error names the file, and says why it has none.
pub fn authorities(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let wrong = |reason: String| io::Error::new(io::ErrorKind::InvalidData, format!("{} {reason}", path.display()));
    let pem = read_whole(path, LARGEST, Access::Public).map_err(|unread| wrong(unread.to_string()))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = read.map_err(|error| wrong(format!("is no PEM file: {error}")))?;
    if certificates.is_empty() { Err(wrong("has no certificate in PEM".to_owned())) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused_by_its_name() {
        let told = |path: &Path| authorities(path).unwrap_err().to_string();
        let missing = Path::new("no-such-authorities.pem");
        assert!(told(missing).contains("no-such-authorities.pem"));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        assert!(told(file.path()).contains("no certificate"));
        file.write_all(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").unwrap();
        assert!(told(file.path()).contains("no PEM file"));
    }
}
