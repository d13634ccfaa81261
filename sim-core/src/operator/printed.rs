//! What a tool has printed, in order, on which stream.

/// The two streams of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Everything printed so far. Bytes are kept as they come: data of nodes need not be text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Printed {
    pieces: Vec<(Stream, Vec<u8>)>,
}

impl Printed {
    /// Prints on standard output.
    pub fn out(&mut self, text: impl AsRef<[u8]>) {
        self.add(Stream::Out, text.as_ref(), false);
    }

    /// Prints a line on standard output.
    pub fn line(&mut self, text: impl AsRef<[u8]>) {
        self.add(Stream::Out, text.as_ref(), true);
    }

    /// Prints a line on standard error.
    pub fn complain(&mut self, text: impl AsRef<[u8]>) {
        self.add(Stream::Err, text.as_ref(), true);
    }

    fn add(&mut self, stream: Stream, text: &[u8], end: bool) {
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == stream => piece.extend_from_slice(text),
            _ => self.pieces.push((stream, text.to_vec())),
        }
        if end && let Some((_, piece)) = self.pieces.last_mut() {
            piece.push(b'\n');
        }
    }

    /// Adds what another tool printed.
    pub fn append(&mut self, more: Printed) {
        for (stream, piece) in more.pieces {
            self.add(stream, &piece, false);
        }
    }

    /// What stands on one of the streams.
    pub fn on(&self, stream: Stream) -> Vec<u8> {
        let pieces = self.pieces.iter().filter(|(on, _)| *on == stream);
        pieces
            .flat_map(|(_, piece)| piece.iter().copied())
            .collect()
    }

    /// Both streams as a terminal shows them: in the order of printing.
    pub fn terminal(&self) -> Vec<u8> {
        let bytes = self.pieces.iter().map(|(_, piece)| piece.as_slice());
        bytes.collect::<Vec<_>>().concat()
    }

    /// [`terminal`](Self::terminal) as text; bytes that are none are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.terminal()).into_owned()
    }

    /// Piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        self.pieces
            .iter()
            .map(|(on, piece)| (*on, piece.as_slice()))
    }

    /// Whether nothing was printed.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}
