/** The button that ends the session, for phones and computers that others use too. */
import { Token } from './form-parts.tsx';

interface LeaveFormProps {
  readonly token: string;
  readonly label: string;
}

export function LeaveForm({ token, label }: LeaveFormProps) {
  return (
    <form method="post" action="/leave" class="leave">
      <Token token={token} />
      <button type="submit" class="second">
        {label}
      </button>
    </form>
  );
}
