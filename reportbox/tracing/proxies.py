"""Networks that stand in front of somebody else's server.

Their country says nothing about where material is hosted. The numbers are origin ASs
that only proxy; the tracing issue turns them into a file the hotline can edit.
"""

PROXY_ASNS = {
    "13335": "Cloudflare",
    "209242": "Cloudflare",
    "54113": "Fastly",
    "19551": "Imperva",
    "30148": "Sucuri",
    "59796": "StormWall",
    "200449": "Qrator",
    "64700": "Edge Proxy (practice)",
}


def proxy_name(asns: tuple[str, ...]) -> str:
    """Name the proxy behind these origin ASs, or nothing."""
    return next((PROXY_ASNS[asn] for asn in asns if asn in PROXY_ASNS), "")
