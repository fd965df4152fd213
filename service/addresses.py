"""
Which network addresses this service connects to on the word of a stranger.

Only global unicast addresses of the public internet. Whatever translates, tunnels or maps to
another address is refused as well: what it leads to is decided by somebody else.
"""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

# IANA IPv4 Special-Purpose Address Registry, with multicast (RFC 5771) and class E.
_REFUSED_V4: Final = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade translation; also a cloud's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # public in name only: the host below a virtual machine at Azure
        "169.254.0.0/16",  # link-local: the metadata services of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, with NAT64 discovery
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, with broadcast
    )
)

# Of IPv6 only global unicast is assigned so far; the rest (loopback, mapped ::ffff:0:0/96, NAT64
# 64:ff9b::/96, unique local fc00::/7, link-local, multicast) lies outside.
_GLOBAL_V6: Final = ip_network("2000::/3")
_REFUSED_V6: Final = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Tell whether a numeric address is one of the public internet; what is no address is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _REFUSED_V4)
    return found in _GLOBAL_V6 and not any(found in network for network in _REFUSED_V6)
