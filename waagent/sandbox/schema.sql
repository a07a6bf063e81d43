-- The sandbox's own state, one SQLite file. Times are Unix seconds.
create table if not exists setting (name text primary key, value blob not null) strict;

-- A telephone: an owner's (its number is an account) or a customer's. creds: see signal.py.
create table if not exists handset (
    phone text primary key,
    role text not null check (role in ('owner', 'customer')),
    name text not null,
    creds blob not null
) strict;

-- Signal sessions, identities and one-time keys of the handsets.
create table if not exists signal (
    phone text not null references handset (phone),
    kind text not null,
    key text not null,
    value blob not null,
    primary key (phone, kind, key)
) strict, without rowid;

create table if not exists account (
    phone text primary key references handset (phone),
    next_device integer not null default 1
) strict;

create table if not exists device (
    account text not null references account (phone),
    number integer not null,
    noise_key blob not null unique,
    identity blob not null,
    registration_id integer not null,
    signed_id integer not null,
    signed_key blob not null,
    signed_signature blob not null,
    linked_at real not null,
    primary key (account, number)
) strict;

create table if not exists one_time_key (
    account text not null,
    number integer not null,
    key_id integer not null,
    public blob not null,
    primary key (account, number, key_id),
    foreign key (account, number) references device (account, number) on delete cascade
) strict, without rowid;

-- Nodes a device has not acknowledged yet, in sending order.
create table if not exists queue (
    seq integer primary key autoincrement,
    account text not null,
    number integer not null,
    class text not null,
    id text not null,
    type text not null,
    node blob not null,
    foreign key (account, number) references device (account, number) on delete cascade
) strict;
create index if not exists queue_device on queue (account, number, seq);

-- What each handset shows, oldest first. taken: handed out by recv. read: shown as read. details:
-- a JSON object with media, location or contact. reactions: a JSON object, phone number to emoji.
-- message: its protobuf, to quote it and for the history a new device gets.
create table if not exists inbox (
    seq integer primary key autoincrement,
    phone text not null references handset (phone),
    id text not null,
    peer text not null,
    device integer not null,
    from_me integer not null,
    text text not null,
    at real not null,
    taken integer not null default 0,
    read integer not null default 0,
    kind text not null default 'text',
    quoted text,
    edited integer not null default 0,
    revoked integer not null default 0,
    details text not null default '{}',
    reactions text not null default '{}',
    message blob,
    unique (phone, id)
) strict;

-- Receipts the shops sent, per message.
create table if not exists receipt (
    message_id text not null,
    account text not null,
    number integer not null,
    type text not null,
    at real not null,
    primary key (message_id, account, number, type)
) strict, without rowid;

-- People's messages to an account, for devices that could not read them. Attributes are JSON.
create table if not exists original (
    account text not null,
    id text not null,
    sender text not null references handset (phone),
    attrs text not null,
    enc_attrs text not null,
    plaintext blob not null,
    primary key (account, id)
) strict, without rowid;
