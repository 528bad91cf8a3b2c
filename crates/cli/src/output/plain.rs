//! Names come from other devices: what they may do to a terminal.

/// Whether every character shows as itself: no control characters, nothing that reorders or hides text.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.chars().any(deceives)
}

/// The text with every character that could deceive replaced by `�`; line breaks and tabs stay.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if deceives(c) && c != '\n' && c != '\t' { '\u{fffd}' } else { c })
        .collect()
}

/// Control characters; zero-width, bidirectional and invisible formatting; tags; variation selectors.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor_or_turn_the_line_around() {
        assert_eq!(plain("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(plain("abc\u{202e}def"), "abc\u{fffd}def");
        assert_eq!(plain("Anna’s Ünïcode 手机"), "Anna’s Ünïcode 手机");
        assert!(!is_plain("two\nlines"));
    }
}
