"""Everyday English, as lists: words that say nothing of what broke, irregular forms, words that
mean nearly the same.

Nothing here knows any organisation: every line would stand here for a hospital, a school or a web
shop as well. What is particular comes from the catalog.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = _words("""
    a about above after again against ago ahead all almost along already also although always am among an
    and another any anybody anyone anything anyway anywhere are arent around as at away back be became
    because been before being below between both but by came can cannot cant come comes coming could couldnt
    did didnt do does doesnt doing dont done down during each either else enough even ever every everybody
    everyone everything everywhere few first for from further gave get gets getting give given gives giving
    go goes going gone got had hadnt half has hasnt have havent having he her here hers herself hes hi him
    himself his how however i id if ill im in instead into is isnt it its itself ive just keep keeps kept
    last later least less let lets like lot lots made make makes making many may maybe me might mine more
    most much must my myself near need needs neither never next no nobody none nor not nothing now nowhere
    of off often ok okay on once one ones only onto or other others our ours ourselves out over own per
    perhaps please put quite rather really said same saw say saying says see seem seems seen several shall
    she shes should shouldnt since so some somebody somehow someone something sometimes somewhere soon still
    such take takes taken taking tell than thanks that thats the their theirs them themselves then there
    theres these they theyre theyve thing things think this those though through thru til till to told too
    took toward towards tried tries try trying two twice under unless until up upon us use used uses using
    very via want wanted wants was wasnt way we well went were werent weve what whats whatever when where
    whether which while who whoever whole whom whose why will with within without wont would wouldnt yes yet
    you youd your youre yours yourself hello hey dear sorry cheers dunno gonna wanna tryna gotta lol pls plz
    asap etc hence today tonight yesterday tomorrow morning afternoon evening day days week weeks hour hours
    minute minutes mins second seconds monday tuesday wednesday thursday friday saturday sunday mon tue wed
    thu fri sat sun man lady woman gentleman guy chap bloke caller someones folk three four five six seven
    eight nine ten eleven twelve hundred thousand dozen couple third fourth fifth sixth seventh eighth ninth
    tenth
""")
"""English words that carry grammar, time or courtesy, and no subject."""

TROUBLE_WORDS = _words("""
    affect affected affecting bad badly begin broke broken bug bugs bust crash crashed crashes crashing dead
    die died dies error errors erroring fail failed failing fails failure failures fault faulty fix fixed
    glitch hang hanging hangs happen happened happening hung impact impacted incident incidents issue issues
    kaput looking messed missing outage outages problem problems slow slowly slower spike spiking start
    started stop stopped stops stuck trouble unable unavailable unresponsive unstable urgent urgently weird
    work worked working works worst wrong experiencing flaky flapping intermittent intermittently degraded
    degradation anymore suddenly complaining complain complained complaints customer customers help
""")
"""Words for something being broken, and for whom: every report has them, so they say nothing about
what it is that broke.
"""

REPORT_WORDS = _words("""
    accepted accepts allow allowed allows appear appeared appears ask asked asking asks attempt
    attempted attempts await awaiting claim claimed claims denied deny denies disappear disappeared
    disappears expect expected refuse refused refuses reject rejected rejects report reported reports
    request requested requests respond responding responds show showed showing shown shows trigger
    triggered
""")
"""Words for what was asked and what came of it: they point at no service by what they mean."""

COMMON_WORDS = _words("""
    able account action add age air allow amount answer appear area arrive ask begin believe big bit black
    blank blue body book box bring build business buy call car care case cause certain chance change charge
    check child choose city clear close cold colour come common complete contact content control copy corner
    cost count country couple course cover create cross current cut date deal decide detail different direct
    double draw drive drop early easy edge empty end enter entry event example expect explain face fact fall
    family far fast father feel field figure file fill final find fine finish fire fit floor follow food form
    free friend front full game general girl goal good great green ground group grow hand happy hard head
    hear heavy high history hit hold home hope hot house idea image important include interest job join kind
    know land language large law lead learn leave left letter level life light limit line link list listen
    little live load log long look lose loss love low main mark market match matter mean meet member menu
    message middle mind miss mobile model moment money month mother move name nature new news night note
    notice number offer office old open option order own page paper parent part party pass past pay people
    person phone photo picture piece place plan play point poor position possible post power present press
    pretty price print product public pull push question quick quote rate reach read real reason receive
    record red release report rest result return right ring rise road room round row rule safe sale save
    school screen search secure sell send sense serve service set share shop short show side sign simple
    single sit site size sleep small sort sound space speak special spend spread staff stage stand state
    stay step store story street strong study stuff subject sun support sure system table talk team term
    test text time title tool top total touch town track train travel tree true turn type type usual value
    view visit voice wait walk wall warm watch water wear white win window wish woman word world write year
    young
""")
"""Words of everyday English that mean many things: they say less about what broke than rarer ones."""

IRREGULAR = {
    form: base
    for base, forms in {
        "buy": "bought",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "catch": "caught",
        "choose": "chose chosen",
        "draw": "drew drawn",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "feel": "felt",
        "find": "found",
        "fly": "flew flown",
        "forget": "forgot forgotten",
        "freeze": "froze frozen",
        "grow": "grew grown",
        "hear": "heard",
        "hide": "hid hidden",
        "hold": "held",
        "know": "knew known",
        "leave": "left",
        "lend": "lent",
        "lose": "lost",
        "mean": "meant",
        "meet": "met",
        "pay": "paid payed",
        "person": "people persons",
        "read": "reads",
        "ring": "rang rung",
        "run": "ran",
        "see": "saw seen",
        "sell": "sold",
        "send": "sent",
        "show": "shown",
        "speak": "spoke spoken",
        "spend": "spent",
        "steal": "stole stolen",
        "swear": "swore sworn",
        "tear": "tore torn",
        "throw": "threw thrown",
        "wear": "wore worn",
        "write": "wrote written",
        "child": "children",
        "man": "men",
        "woman": "women",
        "analysis": "analyses",
        "withdraw": "withdrew withdrawn",
        "delivery": "deliveries",
    }.items()
    for form in forms.split()
}
"""The forms of irregular verbs and nouns, with the form that a dictionary has."""

SAME = """
    abroad overseas foreign international
    account profile
    address location
    adviser advisor agent representative operator
    aircraft plane flight
    alert notification alarm notify warning
    alter amend change edit modify update
    app application
    apply application applicant
    appointment booking reservation
    approve authorise permit approval
    assistance support helpdesk
    attach upload
    authenticate login signin logon
    baggage luggage suitcase
    balance total
    ban block
    basket cart trolley
    bill invoice
    blood haematology
    boiler heating radiator
    boss manager supervisor
    bus coach
    buy purchase
    calculate compute
    cancel terminate stop
    car vehicle
    cash money fund
    chart graph dashboard
    chat messaging message
    check verify verification validate confirm
    checkout till register
    class course lesson module
    client customer consumer
    colleague employee staff worker personnel
    company business firm organisation corporate
    computer laptop desktop pc mac
    conversation chat message
    convert exchange swap
    cost price charge fee
    courier deliver delivery shipment parcel
    credential password passcode passphrase
    cv resume
    data information
    database db
    decline reject refuse deny
    delete remove erase
    deploy deployment release rollout
    deposit credit
    doctor physician clinician
    document file paper
    duplicate double
    email mail inbox
    enrol register registration join signup
    entrance door gate
    exam test assessment
    figure number statistic metric
    file csv spreadsheet
    film movie video
    finance loan lending borrow
    find search lookup
    forget reset
    freeze block pause
    fridge refrigerator freezer
    friend mate
    goods stock inventory
    handset mobile phone telephone smartphone
    headset phone call
    holiday vacation leave
    hospital clinic surgery
    house home property
    identity id
    illegal fraud crook scammer criminal scam thief theft steal stolen hack
    image picture photo camera pic snap
    internet network wifi wireless broadband
    job vacancy role position career recruitment
    key credential
    lab laboratory pathology
    latency slow delay
    laundry linen
    lecturer teacher tutor instructor
    lift elevator
    line queue
    loan mortgage
    log record
    lorry truck van
    meal food canteen catering kitchen
    medicine drug medication prescription
    meeting conference
    merchant shop store retailer
    monthly month
    nightly overnight night
    nurse midwife carer
    offer promotion promo discount
    page site website web
    partner affiliate
    patient inpatient outpatient
    payslip payroll salary wage
    permission access authorisation role
    phone telephone call ring dial
    picture image photo
    post mail letter
    price rate quote
    printer print
    product item goods
    pupil student learner
    question query
    radiology xray imaging
    refund reimburse chargeback
    regular recurring repeat
    rent lease
    reward bonus voucher
    room ward
    saving saver
    schedule calendar rota timetable
    screen monitor display
    sms text
    supplier vendor
    ticket case
    timetable roster rota shift
    toilet bathroom
    train rail
    transfer send wire
    tv television
    warehouse depot
    watch smartwatch
    website site web homepage
"""
"""Each line: words that everyday and office English use for nearly the same thing, whichever of
them is said.
"""

KINDS = """
    android iphone ios samsung pixel handset: phone mobile app
    firefox chrome safari browser: browser website web online
    laptop pc macbook mac desktop: computer desktop
    ipad tablet: tablet app
    postgres postgresql mysql oracle mongo sql replica: database db
    kafka rabbitmq topic consumer broker event: queue message
    k8s pod node kubectl helm container: kubernetes cluster
    s3 bucket blob: storage
    jenkins github gitlab merge commit branch: build ci pipeline
    grafana prometheus pager: monitoring alert
    radius ssid hotspot: wifi wireless network
    excel csv: file spreadsheet
    cert certificate ssl https: tls
    mfa totp authenticator: 2fa
    euro dollar pound yen franc rupee peso usd eur gbp: currency
    france germany spain italy portugal ireland poland romania hungary austria belgium switzerland sweden
    norway denmark finland netherlands holland greece turkey cyprus croatia ukraine russia usa america
    canada mexico brazil argentina india pakistan bangladesh china japan korea thailand vietnam philippines
    indonesia malaysia singapore australia egypt morocco nigeria ghana
    kenya ethiopia israel dubai europe asia africa: country international abroad overseas foreign
    cron nightly overnight: batch
"""
"""Before the colon: particular things; after it: what they are kinds of. A report names the one, a
catalog the other.
"""
