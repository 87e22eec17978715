const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Given and family names in use, joined at random. */
export const GIVEN_NAMES = words(`
Emma Liam Olivia Noah Ava Oliver Sophia Elijah Mia Lucas Amelia Mateo Harper Levi Evelyn Ethan Camila Jack Luna Henry
Sofia Theo Chloe Leo Nora Felix Hanna Jonas Lea Maximilian Clara Paul Ida Emil Manon Hugo Inès Louis Giulia Marco Elena
Diego Valentina Javier Lucía Pablo Beatriz João Larissa Pedro Aarav Ananya Rohan Priya Arjun Kavya Haruto Yui Sota Aoi
Ren Zofia Jakub Maja Piotr Astrid Oskar Saga Nils Fatima Omar Aisha Yusuf Mei Wei Grace Samuel Ruby Isaac Ella Daniel
`);

export const FAMILY_NAMES = words(`
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson Thomas Taylor
Moore Jackson Martin Lee Thompson White Harris Clark Lewis Walker Hall Young King Wright Green Baker Adams Nelson Hill
Campbell Mitchell Roberts Carter Evans Murphy Hughes Edwards Wood Müller Schmidt Schneider Fischer Weber Meyer Wagner
Becker Hoffmann Dubois Moreau Laurent Simon Rossi Russo Ferrari Esposito Bianchi Fernández González Sánchez Romero Silva
Santos Oliveira Costa Pereira Sharma Patel Singh Gupta Reddy Nair Sato Suzuki Takahashi Tanaka Watanabe Nowak Kowalski
Johansson Lindberg Jansen Visser Bakker Nguyen Chen Wang Kim
`);
