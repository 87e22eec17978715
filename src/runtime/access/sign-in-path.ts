/** Where people sign in; with a secret behind #, where they set a password: that part is sent to no server. */
export const SIGN_IN = '/sign-in';
