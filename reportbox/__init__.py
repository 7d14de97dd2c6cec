"""Report Box: one hotline on one server.

A report from the public travels through these folders, in this order:

    intake -> assessment -> tracing -> routing -> lea, ntd and iccam side by side

``lifecycle.py`` holds every step of that journey in tables; read it first.

Words of the house, one for each thing:

    report     what somebody sent; holds one or more items
    item       one reported address; it makes the journey
    verdict    what a person decided about an item
    finding    where an item is hosted, with the evidence for it
    track      what runs once an item is judged: LEA notice, NTD or referral
    LEA        law enforcement agency; its people are officers
    NTD        notice and takedown: a provider is asked to remove
    provider   who hosts the item, by its networks
    referral   a hotline abroad is told through ICCAM
    hold       an agency asked that nothing be done that outsiders could notice
    letter     what leaves the box, sealed once and sent once
    desk       the pages of analysts; portal: of officers; public: of everybody
"""

__version__ = "0.1.0"
