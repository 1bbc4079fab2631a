//! Values that are forms by themselves: an object of one member.

use std::sync::OnceLock;

use super::{
    Form, FormField,
    schema::{Compiled, of_answer},
};

macro_rules! single {
    ($($type:ty)*) => {$(
        impl FormField for $type {}

        impl Form for $type {
            const IS_SINGLE: bool = true;

            fn form() -> &'static Compiled {
                static FORM: OnceLock<Compiled> = OnceLock::new();
                FORM.get_or_init(of_answer::<$type>)
            }
        }
    )*};
}

single! { String char bool f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
