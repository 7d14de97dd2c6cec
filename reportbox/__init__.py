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
    agency     one unit of it: told, asked for a receipt, and heard
    agreement  what was agreed with law enforcement; its terms drive the box
    code       what stands in a letter to an agency: it confirms and holds
    answer     what an officer said or did about a notice
    call       somebody must telephone an agency; open until it was reached
    custody    evidence held outside the box, until it was destroyed
    NTD        notice and takedown: a provider is asked to remove
    origin     the server that a proxy hides
    contact    a mailbox of a provider; the contact book says which may be written to
    provider   who hosts the item, by its networks
    referral   a hotline abroad is told through ICCAM
    receipt    the code by which a reporter asks back; the box keeps only its hash.
               An agency's receipt is its word that a notice arrived
    sighting   one report naming one item; the second one makes a duplicate
    appearance an item comes back after it ended: the whole journey once more
    proposal   a verdict that waits for a second analyst to agree (four eyes)
    second look  a verdict judged again by lot; it changes nothing
    claim      an item is taken by one analyst for a while
    spell      one stretch of assessing; the ceiling ends the day
    draft      a mail that may be a report, until an analyst says so
    hold       an agency asked that nothing be done that outsiders could notice
    letter     what leaves the box, sealed once and sent once
    role, right  what somebody is at the desk, and what they may do there
    audit      who did what when, as a chain of numbers and codes
    desk       the pages of analysts; portal: of officers; public: of everybody
"""

__version__ = "0.1.0"
