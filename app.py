"""`streamlit run app.py`: the application lives in risiko.app; this file is only its door."""

import streamlit as st

from risiko.app.server import MAIN, middleware, on_error

app = st.App(MAIN, middleware=middleware(), on_script_error=on_error)
