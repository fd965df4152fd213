"""The ODRL profile of this service: the words it adds, each with what it means, as JSON-LD."""

from typing import Any, Final

from licensing.standards.odrl_words import PREFIX, PROFILE_PATH

ACTIONS: Final = {
    "depict": "Make a video that shows the target. Included in odrl:use; it implies nothing else.",
}
LEFT_OPERANDS: Final = {
    "userClass": "What the video is made for: personal, commercial.",
    "makerClass": "Who makes it: individual, creator, company, press, education, public_body.",
    "audienceRating": "Whom the content is fit for: all, teen, mature.",
    "contentCategory": "What the video contains, by the closed list of content categories.",
    "outputSeconds": "How long the video is at most, in seconds.",
    "outputLines": "How fine the video is at most, in pixels of its short side.",
    "medium": "In which medium it is shown.",
    "channel": "Where it is published, in the licensor's own words.",
    "payAmountPerSecond": "What is paid for each second of video.",
    "silenceMeans": "What no answer means; always deny.",
    "furtherTerms": "Conditions that this policy cannot say stand at this address. Who has not "
    "weighed them must not apply the rule.",
}
PROPERTIES: Final = {
    "termsDigest": "SHA-256 over the canonical JSON (RFC 8785) of the version of the terms.",
    "version": "The number of that version.",
    "notExpressed": "Which parts of the terms this policy does not say.",
}


def profile_document(*, public_url: str) -> dict[str, Any]:
    """Write the profile with the address it is served under."""
    namespace = f"{public_url}{PROFILE_PATH}#"
    graph: list[dict[str, Any]] = [
        {
            "@id": f"{public_url}{PROFILE_PATH}",
            "@type": "odrl:Profile",
            "rdfs:label": "Showing a subject in a generated video",
        },
    ]
    kinds = {
        "odrl:Action": ACTIONS,
        "odrl:LeftOperand": LEFT_OPERANDS,
        "rdf:Property": PROPERTIES,
    }
    for kind, words in kinds.items():
        graph += [
            {
                "@id": f"{PREFIX}:{name}",
                "@type": kind,
                "rdfs:comment": meaning,
                **({"odrl:includedIn": {"@id": "odrl:use"}} if kind == "odrl:Action" else {}),
            }
            for name, meaning in words.items()
        ]
    return {
        "@context": {
            PREFIX: namespace,
            "odrl": "http://www.w3.org/ns/odrl/2/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        },
        "@graph": graph,
    }
