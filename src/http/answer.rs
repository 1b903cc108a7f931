//! The least of a server: one request is read, one answer is written, and the connection ends.

use std::io;

use tokio::net::TcpStream;

/// The longest head of a request that is read, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// Reads the head of one request of `stream` and writes what `answer` makes of it: a whole response, which says
/// `connection: close`. How long all that may take is up to the caller.
///
/// A request whose head does not end, is too long or is no UTF-8 gets no answer, and `answer` is not asked.
pub async fn answer_one(stream: TcpStream, answer: impl FnOnce(&str) -> String) -> io::Result<()> {
    let Some(head) = head(&stream).await? else { return Ok(()) };
    write(&stream, answer(&head).as_bytes()).await
}

/// The head of a request, if it comes to an end.
async fn head(stream: &TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut piece = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        stream.readable().await?;
        match stream.try_read(&mut piece) {
            Ok(0) => return Ok(None),
            Ok(read) => head.extend_from_slice(piece.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if head.len() > LONGEST_HEAD {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(head).ok())
}

async fn write(stream: &TcpStream, mut text: &[u8]) -> io::Result<()> {
    while !text.is_empty() {
        stream.writable().await?;
        match stream.try_write(text) {
            Ok(written) => text = text.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::Shutdown;

    use tokio::net::TcpListener;

    use super::*;

    /// What comes back for `sent`, and whether an answer was asked for.
    async fn answered(sent: Vec<u8>) -> (String, bool) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(&sent).unwrap();
            let _ = stream.shutdown(Shutdown::Write);
            let mut text = String::new();
            let _ = stream.read_to_string(&mut text);
            text
        });
        let (stream, _) = listener.accept().await.unwrap();
        let mut asked = false;
        let _ = answer_one(stream, |head| {
            asked = true;
            head.lines().next().unwrap_or_default().to_owned()
        })
        .await;
        (client.join().unwrap(), asked)
    }

    #[tokio::test]
    async fn a_whole_head_is_answered_and_nothing_else() {
        let get = answered(b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n".to_vec()).await;
        assert_eq!(get, ("GET /a HTTP/1.1".to_owned(), true));
        assert!(!answered(b"GET /a HTTP/1.1\r\nhost: a\r\n".to_vec()).await.1, "it does not end");
        assert!(!answered(b"GET /\xff HTTP/1.1\r\n\r\n".to_vec()).await.1, "it is no text");
        assert!(!answered(vec![b'a'; 2 * LONGEST_HEAD]).await.1, "it is too long");
    }
}
