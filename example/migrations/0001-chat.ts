export const chat = `
  CREATE TABLE chat_users (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE chat_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES chat_users ON DELETE CASCADE,
    title text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX chat_sessions_user_id_updated_at_idx ON chat_sessions (user_id, updated_at DESC);
  CREATE INDEX chat_sessions_updated_at_idx ON chat_sessions (updated_at);

  CREATE TABLE chat_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES chat_sessions ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    content text NOT NULL,
    finish_reason text CHECK (finish_reason IN ('stop', 'length', 'cancelled')),
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX chat_messages_session_id_created_at_idx ON chat_messages (session_id, created_at ASC);
`;
