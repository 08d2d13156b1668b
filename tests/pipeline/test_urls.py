"""One spelling for each address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.urls import MAX_URL, canonical_url, is_web_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://user:secret@example.com:443/a", "https://example.com/a"),
        ("http://example.com:8080/a#part", "http://example.com:8080/a"),
        ("https://example.com/a?utm_source=x&id=7&fbclid=3&at_medium=y", "https://example.com/a?id=7"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
        ("https://example.com/a?cid=5&source=2&p=9", "https://example.com/a?cid=5&p=9&source=2"),
        ("https://example.com/story.aspx?page=&id=1", "https://example.com/story.aspx?id=1&page="),
        ("https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b"),
        ("https://example.com./a", "https://example.com/a"),
        (" https://example.com/a/ \n", "https://example.com/a/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://127.0.0.1:5000/out/1.html?utm_campaign=1", "http://127.0.0.1:5000/out/1.html"),
    ],
)
def test_canonical(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical
    assert is_web_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@example.com",
        "/a/b",
        "//example.com/a",
        "http://",
        "http:///a",
        "http://.",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://exa mple.com/",
        "http://¸/",
        "http://example.com℀@a.example/",
        "http://[::zz]/",
        "http://a..b.example/",
        "http://a\x00b.example/",
        "http://example.com/" + "a" * MAX_URL,
        "http://" + "ä" * 80 + ".example/",
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    assert not is_web_url(url)
    with pytest.raises(ValueError, match="not a web address"):
        canonical_url(url)


@given(
    st.one_of(
        st.text(),
        st.text().map(lambda tail: f"http://example.com/{tail}"),
        st.text().map("https://{}".format),
    )
)
def test_any_text_has_one_canonical_form_or_is_refused(url: str) -> None:
    if is_web_url(url):
        once = canonical_url(url)
        assert canonical_url(once) == once
        assert once.startswith(("http://", "https://"))
        assert "#" not in once
        assert "@" not in once.split("/")[2]
    else:
        with pytest.raises(ValueError, match="not a web address"):
            canonical_url(url)
