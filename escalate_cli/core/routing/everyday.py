"""What people say, and what a catalog calls it: an expression before the colon, after it the words
under which such a thing is filed.

General English of offices and of machines only: a line stands here if it would stand here for a
hospital, a school and a web shop as well. Trades (banking, medicine …) belong to a catalog's keywords.
"""

from __future__ import annotations

SAYINGS = """
    locked-out shut-out username userid biometric fingerprint authenticate sign-on:
        login log sign password access
    kicked-out logged-out signed-out: session login log
    forgot forgotten forget: password passcode reset
    otp mfa totp authenticator one-time: code security verification 2fa
    tablet ipad handset ios android apk: app mobile phone
    firefox chrome safari opera laptop macbook pc desktop: website web online browser computer
    frontend javascript html: website web browser
    lock-screen banner badge popup: notification push alert
    terminal checkout pos: card payment till
    wage wages salary salaries payday overtime: payroll salary payslip pay
    dial dialled hung-up headset: phone call telephone line
    bot: chat message
    cv resume vacancy hiring interview: job career recruitment application
    ethernet hotspot ssid: wifi wireless network
    cms blog article campaign: website public page marketing
    404 page-not-found: page website
    enrol signup sign-up: account registration application
    licence passport: identity document id
    bookkeeper accountant bookkeeping: accounting
    overdue unpaid: invoice billing
    callback sdk endpoint 401 403 429: api integration webhook
    wearable smartwatch: watch
    graph graphs chart charts kpi: dashboard report metrics
    5xx 502 503 504 upstream: gateway proxy ingress
    handshake cert certs certificate: tls certificate
    cname txt-record nameserver hostname hostnames resolve: dns domain zone resolver
    purge invalidate bundle css js assets: cdn cache asset static
    pod pods container containers namespace evicted crashloop kubelet node nodes helm
        kubectl: kubernetes cluster pod node
    consume consumer offset partition backlog: queue message event broker
    quota disk-full bucket objects backup backups: storage object bucket
    eod end-of-day overnight nightly cron: batch job scheduler
    merge merged branch pull-request commit runner: build ci pipeline deploy
    paged pager on-call scrape trace traces logs: monitoring alert metrics
    warehouse dag etl dbt: data pipeline load
    inference classifier: model score
    spf dkim dmarc outbound mailserver: email gateway provider
    text texts texted: sms message
    primary replica replicas vacuum deadlock: database postgres
    revoked revoke jwks bearer: token session access
"""
"""Words of one expression are joined by a hyphen; a reporter may put them together or apart."""
