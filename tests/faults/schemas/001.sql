PRAGMA application_id=1163084609;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE attempts (
    id              INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL REFERENCES notifications (id),
    number          INTEGER NOT NULL,
    began_at        INTEGER NOT NULL,
    ended_at        INTEGER,
    outcome         TEXT,
    detail          TEXT
) STRICT;
INSERT INTO "attempts" VALUES(1,1,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(2,2,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(3,3,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(4,4,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(5,5,1,1795428120000000,1795428120000000,'sent','taken');
INSERT INTO "attempts" VALUES(6,6,1,1795428300000000,1795428300000000,'sent','taken');
INSERT INTO "attempts" VALUES(7,7,1,1795428300000000,1795428300000000,'sent','taken');
INSERT INTO "attempts" VALUES(8,8,1,1795428360000000,1795428360000000,'temporary','HTTP 503');
CREATE TABLE configurations (
    version  TEXT    PRIMARY KEY,
    used_at  INTEGER NOT NULL,
    document BLOB    NOT NULL
) STRICT;
INSERT INTO "configurations" VALUES('009be9ff370add17',1795428000000000,X'789CED584B6FDB3810FE2B86AEEB34929DC4B18102FBEA618102BBC0EE2D0D045AA22D3612299054DC6CE0FFBE33435262E2D8AD937A4F6D7A3047E4CC370FCE838FC93DD74628992C92349D2FF97CB59ACE525696D92C1927865B2BE4DA248BC7A4E42BD6D536371C8E08FB00271AF65969D86645C3FF559203E943A755CBCF3F2A5902D371A2392BAA7C236C2540C63CF5FFB6C89BF8080EDC6F1E13512243218961A7D75C1628A2561BE4C2E45DB248C700C2145AB4D621862F42AE946E80C32D70549D2E10046C6235B3FC9D554DBD9827DB71E0EF010FFC2BB1AE7A01D9EB0464934142812AC1C7FD4226AF1472996CF12BD7F7A2E0E4915AADD1A85EB25B8D13C91A3CFD51AD47B4B69C0167D8C3A545B7BD20FE4E48E4B0EC8C90DC18A0B4AA16085D76750DDFF9C346E9121D9518B1968E71CB8C4172728B2C5B2E4B9323C79B8475B63A2B97F801FCAB039B5AC83B04BEDDABE4640A9604C60F0D8035BD6A3DA1D7EE37A6CB5144F64A469437295920FB92178098EFEA77BC5AD7A856B04AD02AAC7BA57E01C2A864962D99E19152C088C263BF52961795F461B757AB37AB318538DF3A58DE373EA48246518C7995FE18280D6F96906B283E2403C252A1656BCEC82D0A284AE620AF8E389DB55A344C3F447A25C6325982838056544C4AFEE480560A2DB54F85AB6F0CB0BF064A041CE20291974C46D07115630FCCBE15BB33FF1EC017EE468410E8010F3111000F940830E4D80829AE9E20F567BE0FD2394547CB555B73048A5EEE639D3C1EE29C16078A46A1A46585C5D306432DF929032A6F98A81DAF9FF917D680987705381B84FA4C88212D95152B0A49CABA21B8A18CD0CFFDD17D79899C200E03660A490FF957752CE2498478A94E0298B20A856480ECE3734892471B7A1AC1466EA7007E952127BC3601B7BB421EF6EFB4380AF545841A789D04F40572C21B1440BBDBE4417FA0C551A02F23D0C0EB24A067C849B543A6C3DF3DE83F697114E8AB0834F03A05E8594A716D879B88BF87A8B647DFC5591CD4F624977136A5ECE753E593F2E84AD2F31A190AD5B34239F2E458899A157771753D8082CA1BA46EDB0D2EF7CB5ED4DF61FD820CBFF7800497E5D740D8B007D31B39C86A0C75BE68E9CF46C9C5F9793699BD4BE12F5B64E7F0F9FCD1AA2D35375F2C1EA894B6DE9FAA03CAC44F08D02F59CB9B16ABF4C5FEAE38A55CE29D1B2E26AD0EC0A00DCF80ACC0BD6FC141E9C19B3118835687CC811BBE338E2BF28F292A5E76357F1A88A1CCEFC4E250FF0F8D720A82033A4F37AF3D6BE76E29EC346A30492757676976965EFE93CE17690AFF29D83A6969C4EAA4C06D38D755A085F94A5F713DA5C147C1B4A801B03938255D4FE2FE6E47E1175AB3D7284C65F6841A5F1FA3F12C6E107735DE6DF15EA3B1EF234FA4F0FC1817CFDD14E2F93E266AB512C55095FDF2A09A2565AE9B749C8D27E3E9F822D22C520794A18A91CD16534FE25F0ADEDADC9F3F8071E67A616CA685BB847D3F1DA5E5D060D760DEDAD93C1420F8E9673B0D562DA15A2CA3E99E6A1188DF30B4F334ED73C4A6E2D455C58F2BDEF4FDC3815BFB29CE1738B674006E9F390CCC2673889FB0EE24642CA936352FD7BC8CBF4895772D0CAF3C26B2E1B928266B260CCCD58B15AB0DC7640562F2B5E69B9EE49321F5899D1672DD732C70484D56421BBB7FCCCBB28C9E6476AD4993D013338EFB6F61CE79D9CA573FACBC63E58B3D566E216DA8A8A5C7066EB0E4FC8725772C3923FB68DE72E652281CCCFB26E060F6CC52D7936957EF3189F8397B44EF9D235B313B2A355B9B1139E525A3DFF8B7D1DBB75B3E1B5A96FFD9FCE1F0E8FDE893D3E753321E0564449D349F12D722ACF9B7446CFC322BE4BDAA7100C40581CA714871205174FFEAD6A81299C80ED4069ECCDCC5B2842CA8F33ADB4D46B758635AA1D1FAB3C9704F94CC898E2F332514B303A1344913CF86174335EF679BDC0D3680E65E307AD005E7C257B6B2F816986E879D34F60C1B5D5BFD6C2B38A05EFAA677F7BDF26B56C66994C03AE3458961DF9B07CD6BA211EEF1AEE1C68008F89DD1A91671F5E5703B8E36E0BB66C5A1C82FE986793F71AB4561728C9F95A88317FE0362DA516A');
CREATE TABLE escalations (
    id              INTEGER PRIMARY KEY,
    incident_id     INTEGER NOT NULL REFERENCES incidents (id),
    team            TEXT    NOT NULL,
    policy          TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    level           INTEGER NOT NULL,
    cycle           INTEGER NOT NULL,
    next_at         INTEGER,
    because         TEXT    NOT NULL,
    services        TEXT    NOT NULL,
    urgency         TEXT    NOT NULL,
    paged           TEXT    NOT NULL,
    owed            TEXT    NOT NULL,
    held            INTEGER,
    acked_by        TEXT    NOT NULL,
    page_round      INTEGER NOT NULL,
    involved_by     TEXT,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    snoozed_until   INTEGER,
    muted           INTEGER NOT NULL
) STRICT;
INSERT INTO "escalations" VALUES(1,1,'identity','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','paging',2,0,1795428900000000,'Log in belongs to Identity','["login"]','high','[1,2]','[]',NULL,'[]',2,NULL,NULL,NULL,NULL,0);
INSERT INTO "escalations" VALUES(2,2,'payments','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','acknowledged',1,0,NULL,'Card payments belongs to Payments','["payments"]','high','[1]','[]',NULL,'["dan"]',1,NULL,1795428000000000,'dan',NULL,0);
INSERT INTO "escalations" VALUES(3,3,'platform','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','stopped',1,0,NULL,'Auth database belongs to Platform','["auth-db"]','low','[1]','[]',NULL,'[]',1,NULL,NULL,NULL,NULL,0);
INSERT INTO "escalations" VALUES(4,4,'payments','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','paging',1,0,1795428660000000,'Card payments belongs to Payments','["payments"]','high','[1]','[]',NULL,'[]',1,NULL,NULL,NULL,NULL,0);
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
INSERT INTO "facts" VALUES('clock_seen_at','1795428360000000');
INSERT INTO "facts" VALUES('last_pass_at','1795428360000000');
CREATE TABLE incidents (
    id                   INTEGER PRIMARY KEY,
    key                  TEXT,
    title                TEXT    NOT NULL,
    message              TEXT,
    status               TEXT    NOT NULL,
    severity             TEXT    NOT NULL,
    services             TEXT    NOT NULL,
    labels               TEXT    NOT NULL,
    lead                 TEXT,
    declared_by          TEXT,
    declared_at          INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    acknowledged_at      INTEGER,
    acknowledged_by      TEXT,
    resolved_at          INTEGER,
    next_due_at          INTEGER,
    config_version       TEXT    NOT NULL,
    routing              TEXT    NOT NULL,
    open_since           INTEGER NOT NULL,
    unacknowledged_since INTEGER,
    message_since        INTEGER NOT NULL,
    severity_since       INTEGER NOT NULL,
    raised_at            INTEGER,
    scope_grew_at        INTEGER,
    latest_update        TEXT,
    suggestion           TEXT,
    rules                TEXT    NOT NULL
) STRICT;
INSERT INTO "incidents" VALUES(1,'monitor-7','Łódź cannot log in 💥','since ten','open','major','["login"]','{"region":"eu"}',NULL,'root',1795428000000000,1795428000000000,NULL,NULL,NULL,1795428360000000,'009be9ff370add17','{"query":"Łódź cannot log in 💥","match":"given","service":"login","candidates":[]}',1795428000000000,1795428000000000,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,'[{"rule":"A major that drags on","holds":true,"looked_at":1795428300000000,"fired_at":1795428120000000}]');
INSERT INTO "incidents" VALUES(2,NULL,'cards are declined',NULL,'acknowledged','critical','["payments"]','{}',NULL,'root',1795428000000000,1795428360000000,1795428000000000,'dan',NULL,NULL,'009be9ff370add17','{"query":"cards are declined","match":"given","service":"payments","candidates":[]}',1795428000000000,NULL,1795428360000000,1795428000000000,NULL,NULL,'the bank is looking into it',NULL,'[]');
INSERT INTO "incidents" VALUES(3,NULL,'a blip',NULL,'resolved','minor','["auth-db"]','{}',NULL,'root',1795428000000000,1795428000000000,NULL,NULL,1795428000000000,NULL,'009be9ff370add17','{"query":"a blip","match":"given","service":"auth-db","candidates":[]}',1795428000000000,NULL,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,'[]');
INSERT INTO "incidents" VALUES(4,NULL,'the bank is gone',NULL,'open','major','["payments"]','{}',NULL,'root',1795428360000000,1795428360000000,NULL,NULL,NULL,1795428480000000,'009be9ff370add17','{"query":"the bank is gone","match":"given","service":"payments","candidates":[]}',1795428360000000,1795428360000000,1795428360000000,1795428360000000,NULL,NULL,NULL,NULL,'[]');
CREATE TABLE maintenance (
    id       INTEGER PRIMARY KEY,
    service  TEXT    NOT NULL,
    start_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    reason   TEXT,
    by       TEXT
) STRICT;
INSERT INTO "maintenance" VALUES(1,'auth-db',1795428360000000,1795431960000000,NULL,'root');
CREATE TABLE notifications (
    id            INTEGER PRIMARY KEY,
    incident_id   INTEGER NOT NULL REFERENCES incidents (id),
    kind          TEXT    NOT NULL,
    recipient     TEXT    NOT NULL,
    gateway       TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    because       TEXT    NOT NULL,
    due_at        INTEGER NOT NULL,
    urgency       TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    attempts      INTEGER NOT NULL,
    escalation_id INTEGER,
    nudge_id      INTEGER,
    level         INTEGER,
    page_round    INTEGER,
    step          INTEGER NOT NULL,
    late          INTEGER NOT NULL,
    note          TEXT,
    sent_at       INTEGER,
    error         TEXT,
    unsure        INTEGER NOT NULL,
    stopped       INTEGER NOT NULL,
    source        TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    claim         TEXT,
    lease_until   INTEGER,
    held_back     INTEGER NOT NULL DEFAULT 0,  -- over the limit: goes out in a digest
    bundled_with  INTEGER                      -- the notification that carried it in its digest
) STRICT;
INSERT INTO "notifications" VALUES(1,1,'page','person:ana','sms','+1','next in turn in Identity; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,1,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'97fcc2fc7557456bbe0813433c79050e',1795428035000000,0,NULL);
INSERT INTO "notifications" VALUES(2,2,'page','person:cara','sms','+3','next in turn in Payments; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,2,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'68538be7e7b6436a86647534e78022b9',1795428035000000,0,NULL);
INSERT INTO "notifications" VALUES(3,3,'page','person:eve','email','eve@example.com','next in turn in Platform; level 1 of 3 of policy standard',1795428000000000,'low','sent',1,3,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'36e5769225e44463a0a2d9dfff07d1d0',1795428035000000,0,NULL);
INSERT INTO "notifications" VALUES(4,3,'resolved','person:eve','email','eve@example.com','you were told of this incident',1795428000000000,'low','sent',1,NULL,NULL,NULL,NULL,0,0,'it was nothing',1795428000000000,NULL,0,0,'',1795428000000000,'ba0c94451003458cb4d8f147a281bf3f',1795428035000000,0,NULL);
INSERT INTO "notifications" VALUES(5,1,'nudge','person:ana','sms','+1','on call for Identity; you are asked: rule "A major that drags on": severity = "major", open_for = "2m"',1795428120000000,'high','sent',1,NULL,1,NULL,NULL,0,0,NULL,1795428120000000,NULL,0,0,'escalate.toml:120',1795428120000000,'24ba48dcb00f4fa2855d0201be7da736',1795428155000000,0,NULL);
INSERT INTO "notifications" VALUES(6,1,'page','person:bo','sms','+2','lead of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'6525665d5a3f4a539e38026d71ccd49e',1795428335000000,0,NULL);
INSERT INTO "notifications" VALUES(7,1,'page','channel:identity-room','slack','identity','channel of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'553b44aa09e04dc79aaae535a889c52a',1795428335000000,0,NULL);
INSERT INTO "notifications" VALUES(8,4,'page','person:dan','sms','+4','next in turn in Payments; level 1 of 3 of policy standard',1795428375000000,'high','retrying',1,4,NULL,1,1,0,0,NULL,NULL,'HTTP 503',0,0,'escalate.toml:111',1795428360000000,'33a38f45af8f489082a36d0f0a93aed6',1795428395000000,0,NULL);
CREATE TABLE nudges (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    rule        TEXT    NOT NULL,
    proposal    TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    asked       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    status      TEXT    NOT NULL,
    expires_at  INTEGER,
    answered_by TEXT,
    answered_at INTEGER,
    source      TEXT    NOT NULL
) STRICT;
INSERT INTO "nudges" VALUES(1,1,'A major that drags on','{"name":"A major that drags on","when":{"severities":["major"],"services":null,"teams":null,"labels":[],"hours":null,"open_for":120000000,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":"severity = \"major\", open_for = \"2m\""},"page":[{"kind":"person","name":"cto"}],"inform":[],"involve":[],"raise_to":null,"every":null,"mode":"nudge","ask":[{"kind":"incident-lead","name":null}],"expires":7200000000,"on_expiry":"drop","source":"escalate.toml:120"}','page person:cto','["person:ana"]',1795428120000000,'open',1795435320000000,NULL,NULL,'escalate.toml:120');
CREATE TABLE reserve (
    filler BLOB NOT NULL
) STRICT;
CREATE TABLE timeline (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    by          TEXT,
    text        TEXT    NOT NULL,
    data        TEXT    NOT NULL
) STRICT;
INSERT INTO "timeline" VALUES(1,1,1795428000000000,'declared','root','declared: Łódź cannot log in 💥','{"severity":"major","message":"since ten"}');
INSERT INTO "timeline" VALUES(2,1,1795428000000000,'routed','root','the reporter named Log in','{"query":"Łódź cannot log in 💥","match":"given","service":"login","candidates":[]}');
INSERT INTO "timeline" VALUES(3,1,1795428000000000,'escalation',NULL,'escalation to Identity by policy standard: Log in belongs to Identity','{"team":"identity","policy":"standard","services":["login"],"source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(4,1,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Ana','{"team":"identity","level":1,"cycle":0,"recipients":["person:ana"],"missed":[],"late_seconds":0,"source":"escalate.toml:111"}');
INSERT INTO "timeline" VALUES(5,1,1795428000000000,'sent',NULL,'page to Ana by sms: sent','{"notification":1,"recipient":"person:ana","gateway":"sms","attempt":1}');
INSERT INTO "timeline" VALUES(6,2,1795428000000000,'declared','root','declared: cards are declined','{"severity":"critical","message":null}');
INSERT INTO "timeline" VALUES(7,2,1795428000000000,'routed','root','the reporter named Card payments','{"query":"cards are declined","match":"given","service":"payments","candidates":[]}');
INSERT INTO "timeline" VALUES(8,2,1795428000000000,'escalation',NULL,'escalation to Payments by policy standard: Card payments belongs to Payments','{"team":"payments","policy":"standard","services":["payments"],"source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(9,2,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Cara','{"team":"payments","level":1,"cycle":0,"recipients":["person:cara"],"missed":[],"late_seconds":0,"source":"escalate.toml:111"}');
INSERT INTO "timeline" VALUES(10,2,1795428000000000,'sent',NULL,'page to Cara by sms: sent','{"notification":2,"recipient":"person:cara","gateway":"sms","attempt":1}');
INSERT INTO "timeline" VALUES(11,2,1795428000000000,'acknowledged','dan','acknowledged by Dan for payments','{"team":"payments","level":1,"everything":false}');
INSERT INTO "timeline" VALUES(12,3,1795428000000000,'declared','root','declared: a blip','{"severity":"minor","message":null}');
INSERT INTO "timeline" VALUES(13,3,1795428000000000,'routed','root','the reporter named Auth database','{"query":"a blip","match":"given","service":"auth-db","candidates":[]}');
INSERT INTO "timeline" VALUES(14,3,1795428000000000,'escalation',NULL,'escalation to Platform by policy standard: Auth database belongs to Platform','{"team":"platform","policy":"standard","services":["auth-db"],"source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(15,3,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Eve','{"team":"platform","level":1,"cycle":0,"recipients":["person:eve"],"missed":[],"late_seconds":0,"source":"escalate.toml:111"}');
INSERT INTO "timeline" VALUES(16,3,1795428000000000,'sent',NULL,'page to Eve by email: sent','{"notification":3,"recipient":"person:eve","gateway":"email","attempt":1}');
INSERT INTO "timeline" VALUES(17,3,1795428000000000,'resolved','root','resolved: it was nothing','{"message":"it was nothing"}');
INSERT INTO "timeline" VALUES(18,3,1795428000000000,'sent',NULL,'resolved to Eve by email: sent','{"notification":4,"recipient":"person:eve","gateway":"email","attempt":1}');
INSERT INTO "timeline" VALUES(19,1,1795428120000000,'nudge',NULL,'rule "A major that drags on": severity = "major", open_for = "2m": asked Ana whether to page person:cto; without an answer in 2h it is dropped','{"rule":"A major that drags on","asked":["person:ana"],"source":"escalate.toml:120"}');
INSERT INTO "timeline" VALUES(20,1,1795428120000000,'sent',NULL,'nudge to Ana by sms: sent','{"notification":5,"recipient":"person:ana","gateway":"sms","attempt":1}');
INSERT INTO "timeline" VALUES(21,1,1795428300000000,'level',NULL,'level 2 of 3 of policy standard: paged Bo, Identity room','{"team":"identity","level":2,"cycle":0,"recipients":["person:bo","channel:identity-room"],"missed":[],"late_seconds":0,"source":"escalate.toml:114"}');
INSERT INTO "timeline" VALUES(22,1,1795428300000000,'sent',NULL,'page to Bo by sms: sent','{"notification":6,"recipient":"person:bo","gateway":"sms","attempt":1}');
INSERT INTO "timeline" VALUES(23,1,1795428300000000,'sent',NULL,'page to Identity room by slack: sent','{"notification":7,"recipient":"channel:identity-room","gateway":"slack","attempt":1}');
INSERT INTO "timeline" VALUES(24,2,1795428360000000,'updated','root','the bank is looking into it','{"change":"message"}');
INSERT INTO "timeline" VALUES(25,4,1795428360000000,'declared','root','declared: the bank is gone','{"severity":"major","message":null}');
INSERT INTO "timeline" VALUES(26,4,1795428360000000,'routed','root','the reporter named Card payments','{"query":"the bank is gone","match":"given","service":"payments","candidates":[]}');
INSERT INTO "timeline" VALUES(27,4,1795428360000000,'escalation',NULL,'escalation to Payments by policy standard: Card payments belongs to Payments','{"team":"payments","policy":"standard","services":["payments"],"source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(28,4,1795428360000000,'level',NULL,'level 1 of 3 of policy standard: paged Dan','{"team":"payments","level":1,"cycle":0,"recipients":["person:dan"],"missed":[],"late_seconds":0,"source":"escalate.toml:111"}');
INSERT INTO "timeline" VALUES(29,4,1795428360000000,'retrying',NULL,'page to Dan by sms: HTTP 503; attempt 2 of 4 in 15s','{"notification":8,"recipient":"person:dan","gateway":"sms","attempt":1}');
CREATE TABLE turns (
    team        TEXT    NOT NULL,
    turn        INTEGER NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (team, turn)
) STRICT;
INSERT INTO "turns" VALUES('identity',0,1);
INSERT INTO "turns" VALUES('payments',0,2);
INSERT INTO "turns" VALUES('platform',0,3);
INSERT INTO "turns" VALUES('payments',1,4);
CREATE UNIQUE INDEX incidents_open_key ON incidents (key) WHERE key IS NOT NULL AND status <> 'resolved';
CREATE INDEX incidents_due ON incidents (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX incidents_forgotten ON incidents (id) WHERE status = 'open' AND next_due_at IS NULL;
CREATE INDEX incidents_running ON incidents (id) WHERE status <> 'resolved';
CREATE INDEX escalations_of ON escalations (incident_id);
CREATE INDEX nudges_of ON nudges (incident_id);
CREATE INDEX nudges_open ON nudges (id) WHERE status = 'open';
CREATE INDEX notifications_of ON notifications (incident_id);
CREATE INDEX notifications_due ON notifications (due_at) WHERE status IN ('pending', 'retrying');
CREATE INDEX notifications_leased ON notifications (lease_until) WHERE status = 'sending';
CREATE INDEX notifications_sent ON notifications (recipient, gateway, sent_at) WHERE status = 'sent' AND bundled_with IS NULL;
CREATE INDEX attempts_of ON attempts (notification_id);
CREATE INDEX timeline_of ON timeline (incident_id, id);
CREATE INDEX maintenance_until ON maintenance (until_at);
CREATE INDEX turns_of ON turns (incident_id);
COMMIT;
